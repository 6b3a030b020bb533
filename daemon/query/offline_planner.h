/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gathers what a plan to take blocks offline goes by, and has the plan made. Counting the pages of a large
 * DIMM takes a while, and may have to wait for others: helpers do it.
 */
#ifndef MEMCTL_QUERY_OFFLINE_PLANNER_H
#define MEMCTL_QUERY_OFFLINE_PLANNER_H

#include "daemon/machine/machine.h"
#include "daemon/plan/offline.h"
#include "daemon/plan/range.h"
#include "daemon/query/survey.h"

struct offline_planner;

/* The plan is the handler's to keep (take it) or to clear; with an error (-errno) there is none. */
typedef void (*offline_planner_done_t)(void *userdata, int error, struct offline_plan *plan);

/*
 * Starts to judge taking blocks offline as the options say, and ejecting dimm when it is not NULL (all are
 * copied). done is called once, from the loop; the planner may be freed from within.
 */
int offline_planner_new(struct machine *machine, const struct block_set *blocks, const char *dimm,
                        const struct offline_options *options, offline_planner_done_t done,
                        void *userdata, struct offline_planner **ret);

/* Nobody looks for processes or watches memory, which takes seconds. Before the loop runs again. */
void offline_planner_make_brief(struct offline_planner *planner);

/*
 * Only counts, for callers who may not know or do more: looks for no process, holds no LRU cache off, and
 * has nobody watch what is cold (the plan notes that). Before the loop runs again.
 */
void offline_planner_only_count(struct offline_planner *planner);

/* From within done: the survey that the plan was made by, which is the caller's then. */
void offline_planner_take_survey(struct offline_planner *planner, struct survey_result *ret);

struct offline_planner *offline_planner_free(struct offline_planner *planner);
DEFINE_CLEANUP(struct offline_planner *, offline_planner_free)

#endif
