/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The blocks of an operation in the order to go, and how far it is. Pure.
 */
#ifndef MEMCTL_OPERATION_BLOCKS_STEPS_H
#define MEMCTL_OPERATION_BLOCKS_STEPS_H

#include "daemon/machine/snapshot.h"
#include "daemon/plan/range.h"

struct step {
        uint32_t block;
        enum zone zone; /* where it was before it went offline; ZONE_NONE: it was offline, and came online */
        bool again;     /* it was stuck, and is tried once more after the others */
        bool unfenced;  /* it goes before the fence is raised */
};

/* items[0, n_done) are carried out and not put back; the last n_given_up do not go. */
struct steps {
        struct step *items;
        size_t n_items, n_done, n_given_up;
};

void steps_clear(struct steps *steps);
int steps_add(struct steps *steps, const struct step *step); /* 0 or -ENOMEM */

/* The next one; NULL: none is left. */
struct step *steps_next(const struct steps *steps);
size_t steps_left(const struct steps *steps);

/* The next one is tried after all others that are left; or given up. */
void steps_put_last(struct steps *steps);
void steps_give_up(struct steps *steps);

/* One that was carried out (index < n_done) is not any more, by somebody else: given up. */
void steps_lose(struct steps *steps, size_t index);

/* The blocks of those that are left, ascending. 0 or -ENOMEM. */
int steps_list_left(const struct steps *steps, struct block_set *ret);

#endif
