/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How to take blocks offline, or why not to try. Pure: everything it goes by is in its arguments, and the
 * same arguments give the same plan.
 */
#ifndef MEMCTL_PLAN_OFFLINE_H
#define MEMCTL_PLAN_OFFLINE_H

#include "daemon/plan/offline_plan.h"

/*
 * Plans to take the request's online blocks offline; those already offline need no step. The whole request
 * is refused when a block cannot be offlined for what the snapshot says (unknown or passing state, not
 * removable, in several zones, with a hole), when a driver manages it or pages in it certainly do not move
 * (unless forced), when the DIMM cannot be ejected, or when there is no room for what is in use, or not on
 * the node asked for (fit.h, target.h); all reasons are given, not only the first. Whether a fence is
 * raised, and what it takes, says take.h. Order: blocks with bad pages last, since they cannot be put back;
 * else the emptiest first, so that fewer of the pages that leave one block land in a block still to go; ties
 * from the highest number down. Returns 0 (refused or not) or -ENOMEM.
 */
int offline_plan_make(const struct snapshot *snapshot, const struct offline_request *request,
                      struct offline_plan *ret);

#endif
