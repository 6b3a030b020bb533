/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether what is in use in blocks fits elsewhere. Pure.
 */
#ifndef MEMCTL_PLAN_FIT_H
#define MEMCTL_PLAN_FIT_H

#include "daemon/plan/offline_plan.h"

/*
 * Fills needed_bytes, available_bytes and room_known of a plan whose steps are there, in the order of the
 * request's blocks, and whose cache has been decided about, and adds reasons where it does not fit:
 * "not_enough_memory", "no_room_for_huge_pages". Room is, in each zone that pages may go to, what is free
 * above the high watermark and the zone's protection and outside of the blocks, and clean page cache outside
 * of them (not with to_node: the kernel would rather use another node than give that back); and free swap,
 * where that was asked for.
 *
 * Where pages may go, as the kernel has it: those of zone Movable anywhere, those of the kernel's zones not
 * to zone Movable; and what is not taken by a fence, but moved by its block's going offline, to other nodes
 * only, unless there is but one. 0 or -ENOMEM.
 */
int fit_judge(const struct snapshot *snapshot, const struct offline_request *request,
              struct offline_plan *plan);

/* By how many bytes it does not fit; 0: it does, or that cannot be told. */
uint64_t fit_shortage(const struct snapshot *snapshot, const struct offline_request *request,
                      const struct offline_plan *plan);

#endif
