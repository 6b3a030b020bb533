/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks in which two nodes meet: they stay when all others of a node go. Pure.
 */
#ifndef MEMCTL_PLAN_BORDER_H
#define MEMCTL_PLAN_BORDER_H

#include "daemon/plan/offline_plan.h"

/*
 * Adds a note for each block in several nodes that is online and not asked about, and each of its nodes all
 * other online blocks of which are: how much of that node stays. 0 or -ENOMEM.
 */
int border_note(const struct snapshot *snapshot, const struct offline_request *request,
                struct offline_plan *plan);

#endif
