/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How many things of a kind each user may have at a time, so that one of them cannot use up what is there
 * for all. Root is counted apart: whatever others do, there is room for it. Knows nothing of the things.
 * Loop only.
 */
#ifndef MEMCTL_CORE_QUOTA_H
#define MEMCTL_CORE_QUOTA_H

#include <stddef.h>
#include <stdint.h>

/* Of one kind of things, at a time. */
struct quota_limit {
        size_t root;   /* uid 0 */
        size_t each;   /* any other uid */
        size_t others; /* all of these together */
};

struct quota {
        const struct quota_limit *limits; /* by kind; as many as there are kinds */
        struct quota_claim *first;
};

/* One thing that somebody has, and part of what stands for it. Zeroed: it is not counted. */
struct quota_claim {
        struct quota *quota;
        size_t kind;
        uint32_t uid;
        struct quota_claim *next, *previous;
};

/*
 * Counts a thing of that kind for uid, until quota_give(). The claim is the caller's, must stay where it is,
 * and must not be counted yet. 0; -EDQUOT: that user has as many as one may have; -EBUSY: all users but root
 * together have.
 */
int quota_take(struct quota *quota, struct quota_claim *claim, size_t kind, uint32_t uid);

/* Ends the claim. Without effect on one that is not counted. */
void quota_give(struct quota_claim *claim);

#endif
