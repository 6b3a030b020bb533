/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long taking memory offline will take. Pure.
 */
#ifndef MEMCTL_PLAN_ESTIMATE_H
#define MEMCTL_PLAN_ESTIMATE_H

#include "daemon/plan/offline_plan.h"

/*
 * By past jobs of the same kind (with a fence or without) whose speed was not bounded. What a page moved
 * takes is the median of what it took in these jobs, a block counting as much as 256 pages; what a page
 * dropped takes, the median of what was left of their time, or, where none dropped many, an eighth of the
 * former. So one job that stood still for a while does not matter. Not less than what the rate asked for
 * allows. Microseconds; 0: not known.
 */
uint64_t estimate_usec(const struct offline_request *request, const struct offline_plan *plan);

#endif
