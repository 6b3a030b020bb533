/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who works on which memory: claims on ranges of page frames, each with a mode. Two owners' claims on one
 * page frame stand side by side only where both modes allow that. Loop only.
 */
#ifndef MEMCTL_CORE_CLAIMS_H
#define MEMCTL_CORE_CLAIMS_H

#include "basic/cleanup.h"
#include "basic/pfn_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum claim_mode {
        CLAIM_SHARED,    /* the memory stays where it is: compacting, reserving; beside others of its kind */
        CLAIM_EXCLUSIVE, /* it goes or comes: offlining, onlining, ejecting; beside nobody */
        _CLAIM_MODE_MAX,
};

struct claims;

/* What stands in the way of a claim: whose it is, and the first page frame that both want. */
struct claim_conflict {
        uint32_t owner;
        uint64_t pfn;
};

int claims_new(struct claims **ret); /* 0 or -ENOMEM */
struct claims *claims_free(struct claims *claims);
DEFINE_CLEANUP(struct claims *, claims_free)

/*
 * Claims n ranges (ascending, apart, none empty; n may be 0; copied) for an owner that has none yet. 0;
 * -EBUSY with *conflict set and nothing claimed; or -ENOMEM.
 */
int claims_take(struct claims *claims, uint32_t owner, enum claim_mode mode, const struct pfn_range *ranges,
                size_t n, struct claim_conflict *conflict);

/* Ends what an owner has claimed. Without effect where that is nothing. */
void claims_drop(struct claims *claims, uint32_t owner);

/* Whether such a claim on one range could not be had now; conflict (NULL: not wanted) says why. */
bool claims_stand_against(const struct claims *claims, enum claim_mode mode, struct pfn_range range,
                          struct claim_conflict *conflict);

/*
 * What all owners have claimed with that mode: ascending, apart and not touching. *ret is to be freed. 0 or
 * -ENOMEM.
 */
int claims_list(const struct claims *claims, enum claim_mode mode, struct pfn_range **ret, size_t *ret_n);

/* How many owners have claims. */
size_t claims_count(const struct claims *claims);

#endif
