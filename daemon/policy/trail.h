/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How free memory was in pieces, as it was looked at before: what others look at is kept, and nobody wakes
 * up for it. Pure.
 */
#ifndef MEMCTL_POLICY_TRAIL_H
#define MEMCTL_POLICY_TRAIL_H

#include "daemon/policy/look.h"

#define TRAIL_MAX       1024                      /* samples: of eight nodes, half a day */
#define TRAIL_STEP_USEC (240 * UINT64_C(1000000)) /* from one look that is kept to the next, at least */

struct trail_sample {
        uint64_t usec; /* since 1970 */
        int node;
        unsigned int order;               /* of a huge page */
        uint64_t free_pages, small_pages; /* all that is free; of that, in pieces below the order */
};

/* Zeros to begin with. */
struct trail {
        uint64_t last_usec;
        size_t first, n; /* of samples, which go round */
        struct trail_sample samples[TRAIL_MAX];
};

/* Keeps the look, a sample for each node, if the one before was long enough ago. A clock may go back. */
void trail_add(struct trail *trail, const struct compaction_look *look, uint64_t now_usec);

/* i < trail->n, oldest first. */
const struct trail_sample *trail_get(const struct trail *trail, size_t i);

#endif
