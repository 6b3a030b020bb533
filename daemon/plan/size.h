/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks to take for an amount of memory: the cheapest to empty. Pure.
 */
#ifndef MEMCTL_PLAN_SIZE_H
#define MEMCTL_PLAN_SIZE_H

#include "daemon/machine/snapshot.h"
#include "daemon/plan/range.h"

/* The cost of a block that cannot be emptied. */
#define COST_NEVER UINT64_MAX

/*
 * All blocks that may be taken: online, removable, in ZONE_MOVABLE, on the node (unless NODE_NONE), and
 * managed by no driver, unless forced. Fails with *message set: -EINVAL when size is 0 or no multiple of the
 * block size (it is not rounded: the operator knows best which way), or the node does not exist; -ENOSPC
 * when there are not that many.
 */
int size_candidates(const struct snapshot *snapshot, uint64_t size, int node, bool force,
                    struct block_set *ret, char **message);

/*
 * Picks so many of the candidates that they make up size; cost has the pages to move of each, or COST_NEVER.
 * The cheapest; of those that cost the same, first those whose DIMM is cheapest to empty as a whole (blocks
 * that are no candidates, but online, are as good as never), so that whole DIMMs get free, and then the
 * highest numbers. -ENOSPC with *message set when there are not that many that can be emptied; -ENOMEM.
 */
int size_pick(const struct snapshot *snapshot, const struct block_set *candidates, const uint64_t *cost,
              uint64_t size, struct block_set *ret, char **message);

#endif
