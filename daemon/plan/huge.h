/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of huge pages of hugetlbfs in blocks that go. Pure. The plan's steps are in the order of the
 * request's blocks.
 */
#ifndef MEMCTL_PLAN_HUGE_H
#define MEMCTL_PLAN_HUGE_H

#include "daemon/plan/offline_plan.h"

/*
 * Pages of the base size, of those in use in the steps' blocks, that need no room of others: huge pages that
 * are certainly free, for these go with their block; and those so large that they can only be put in one
 * that is free.
 */
uint64_t huge_pages_apart(const struct snapshot *snapshot, const struct offline_request *request,
                          const struct offline_plan *plan);

/*
 * Adds "no_room_for_huge_pages" where a pool has not enough free ones elsewhere: of those that the page
 * allocator cannot make, as many as there are in the blocks; and in any pool, those that are promised to
 * mappings. And a note about free ones that go. 0 or -ENOMEM.
 */
int huge_judge(const struct snapshot *snapshot, const struct offline_request *request,
               struct offline_plan *plan);

#endif
