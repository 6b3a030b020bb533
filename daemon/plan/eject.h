/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a DIMM may be ejected as it is. Pure.
 */
#ifndef MEMCTL_PLAN_EJECT_H
#define MEMCTL_PLAN_EJECT_H

#include "daemon/machine/snapshot.h"
#include "daemon/plan/reason.h"

/*
 * Adds to reasons what stands against it: the firmware offers no eject, or a block is not offline (the
 * kernel would then try to take it offline itself, with nobody to end that). No reason: it may go. 0 or
 * -ENOMEM.
 */
int eject_judge(const struct snapshot *snapshot, const struct dimm *dimm, struct reason_list *reasons);

#endif
