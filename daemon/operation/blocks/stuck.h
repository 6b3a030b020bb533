/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a block does not get empty, found out after a write of "offline" that came to nothing.
 */
#ifndef MEMCTL_OPERATION_BLOCKS_STUCK_H
#define MEMCTL_OPERATION_BLOCKS_STUCK_H

#include "daemon/machine/machine.h"
#include "daemon/plan/reason.h"

struct stuck;

struct stuck_facts {
        uint32_t block;
        uint64_t in_use; /* pages, when it was last looked at */
        bool begun;      /* the kernel was at it, not at another's write */
        int error;       /* of the write: -ETIMEDOUT: no progress; else what the kernel said */
        int to_node;     /* where its pages are to go; NODE_NONE: anywhere */
};

/*
 * Called once, from the loop: the reason, about the block or, where what is in it has no room elsewhere,
 * about none (copy it), and the same for people. The task may be freed from within.
 */
typedef void (*stuck_done_t)(void *userdata, const struct reason *reason, const char *note);

/* Begins to find out, which takes some seconds at most; without memory for that, less is said. 0 or -errno.
 */
int stuck_new(struct machine *machine, const struct stuck_facts *facts, stuck_done_t done, void *userdata,
              struct stuck **ret);
struct stuck *stuck_free(struct stuck *stuck);
DEFINE_CLEANUP(struct stuck *, stuck_free)

#endif
