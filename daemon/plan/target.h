/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether all that is in use can go to one node. Pure.
 */
#ifndef MEMCTL_PLAN_TARGET_H
#define MEMCTL_PLAN_TARGET_H

#include "daemon/plan/offline_plan.h"

/* Whether pages that a block's going offline moves would leave the node that they are to go to: their own.
 */
bool target_is_left(const struct snapshot *snapshot, const struct offline_request *request,
                    const struct offline_plan *plan);

/*
 * Adds "node_not_possible" where the request's to_node has no memory, cannot be chosen here, or is where the
 * steps' blocks are and the kernel would move some of their pages away from it; else a note about what is
 * not certain. The plan's cache has been decided about. 0 or -ENOMEM.
 */
int target_judge(const struct snapshot *snapshot, const struct offline_request *request,
                 struct offline_plan *plan);

#endif
