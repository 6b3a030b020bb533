/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the snapshot alone says against taking a block offline, whatever is in it. Pure.
 */
#ifndef MEMCTL_PLAN_OBSTACLE_H
#define MEMCTL_PLAN_OBSTACLE_H

#include "daemon/machine/snapshot.h"
#include "daemon/plan/reason.h"

/*
 * Adds a reason for each obstacle of a block that is not offline: its state is unknown or passing, the
 * kernel cannot offline it, it has a hole, it lies in no single zone; and unless forced, a driver manages
 * it, or the kernel keeps a part of it for itself. How many there are, or -ENOMEM.
 */
int obstacle_judge(const struct snapshot *snapshot, const struct memory_block *block, bool force,
                   struct reason_list *reasons);

/* Whether there is one. */
bool obstacle_is_there(const struct snapshot *snapshot, const struct memory_block *block, bool force);

#endif
