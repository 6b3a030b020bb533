/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fence around blocks that are to go offline: memctl.ko takes what is free in them, and what is in use
 * where that is asked, so that no page that leaves one block lands in another. What a fence holds of a block
 * is given up by itself when the block goes offline; the fence falls with the process that raised it, and
 * when the kernel runs out of memory.
 *
 * All of this blocks (for as long as a step's pages take to move): it is for a worker, not for the loop.
 */
#ifndef MEMCTL_MODULE_FENCE_H
#define MEMCTL_MODULE_FENCE_H

#include "daemon/machine/tree.h"
#include "daemon/module/netlink.h"
#include "uapi/memctl.h"

#include <stdbool.h>
#include <stdint.h>

struct fence;

/* What the kernel says of a fence. */
struct fence_state {
        uint64_t id;             /* not 0 */
        uint64_t start, end;     /* pfns; end is the first that is not in it */
        uint64_t held, given;    /* pages held now, and given up so far to be taken offline */
};

/* A piece of work: memory to take, and how far that is. */
struct fence_hold {
        uint64_t start, end;          /* pfns, in the fence */
        uint64_t next;                /* all below is done; to begin with, start */
        uint32_t pfns_max;            /* pages to take, or to try, in one step: 1 to MEMCTL_FENCE_STEP_MAX */
        enum memctl_fence_what what;
        uint32_t smallest;            /* pages: see uapi/memctl.h; 0: the kernel's choice */
        uint64_t failed;              /* pages that could not be had, so far */
};

/*
 * Raises a fence around [start, end). 0 and *ret; -EOPNOTSUPP without a module that can, or for a tree that
 * is not the running machine's; -EBUSY when another fence is in the way; -EINVAL, -ERANGE, -ENOSPC, -EPERM
 * as in uapi/memctl.h; each with *message set (NULL when memory is short), fit for people.
 */
int fence_raise(const struct tree *tree, uint64_t start, uint64_t end, struct fence **ret, char **message);

/*
 * One step: next, failed and *state (NULL: not wanted) are as they are then. 0; -ENOENT when the fence has
 * fallen meanwhile (out of memory, or the module is gone); else -errno, with *message set.
 */
int fence_step(struct fence *fence, struct fence_hold *hold, struct fence_state *state, char **message);

/* Gives back what is held of [start, end). Errors as fence_step(). */
int fence_give_back(struct fence *fence, uint64_t start, uint64_t end, char **message);

/* Drops it. */
struct fence *fence_free(struct fence *fence);
DEFINE_CLEANUP(struct fence *, fence_free)

/*
 * The answers to FENCE_RAISE, or events, and to FENCE_HOLD for that piece of work. 0, or -EBADMSG with
 * *message set and nothing changed.
 */
int fence_parse(struct nlmsghdr *header, struct fence_state *ret, char **message);
int fence_parse_step(struct nlmsghdr *header, struct fence_hold *hold, struct fence_state *ret,
                     char **message);

/* The event that a fence fell, as it was then. 0; -ENOMSG for any other event; or -EBADMSG with *message
 * set. */
int fence_parse_fell(struct nlmsghdr *header, struct fence_state *ret, enum memctl_fence_cause *cause,
                     char **message);

#endif
