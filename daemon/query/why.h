/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What keeps blocks from going offline: a survey, the processes that map what it found, and who allocated
 * what is the kernel's.
 */
#ifndef MEMCTL_QUERY_WHY_H
#define MEMCTL_QUERY_WHY_H

#include "daemon/machine/machine.h"
#include "daemon/query/survey.h"
#include "daemon/query/why_report.h"

struct why_task;

/*
 * The report is the handler's to keep (take it) or to clear. With an error there is none, and message may
 * say why: -EOPNOTSUPP: there is no source for a survey.
 */
typedef void (*why_done_t)(void *userdata, int error, const char *message, struct why_report *report);

/* How long it is worth to look for processes when somebody waits for just that. */
#define WHY_MAPPING_USEC (20 * UINT64_C(1000000))

/*
 * Starts to find out about the blocks (copied), and looks for processes that long (microseconds). done is
 * called once, from the loop; it may free the task.
 */
int why_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                 why_done_t done, void *userdata, struct why_task **ret);
/*
 * The same by a survey that settled (taken over), or failed: that is told as if it was made here, on the
 * loop's next round.
 */
int why_task_of_survey(struct machine *machine, const struct block_set *blocks, struct survey_result *survey,
                       uint64_t mapping_usec, why_done_t done, void *userdata, struct why_task **ret);

/* A report without pages, for blocks that nobody can survey. 0 or -ENOMEM. */
int why_report_blind(struct machine *machine, const struct block_set *blocks, struct why_report *ret);

/*
 * Counts only, for callers who may not know more: looks for no process and no allocation, and holds no LRU
 * cache off. Before the loop runs again.
 */
void why_task_only_count(struct why_task *task);

struct why_task *why_task_free(struct why_task *task);
DEFINE_CLEANUP(struct why_task *, why_task_free)

#endif
