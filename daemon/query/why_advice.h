/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What can be done about pages that keep blocks.
 */
#ifndef MEMCTL_QUERY_WHY_ADVICE_H
#define MEMCTL_QUERY_WHY_ADVICE_H

#include "daemon/machine/snapshot.h"
#include "daemon/query/why_report.h"

/* Fills the advice of a report's owners, whose processes have been looked for. swap_on: the machine swaps.
 */
void why_advise(struct why_report *report, const struct snapshot *snapshot, bool swap_on);

#endif
