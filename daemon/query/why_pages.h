/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of a survey is told: whose pages do not move, and some of those.
 */
#ifndef MEMCTL_QUERY_WHY_PAGES_H
#define MEMCTL_QUERY_WHY_PAGES_H

#include "daemon/query/why_report.h"

/* Fills owners and keepers from the report's survey, to which they point. 0 or -ENOMEM. */
int why_list_pages(struct why_report *report);

#endif
