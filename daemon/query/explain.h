/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why blocks do not go offline: all that a plan says against it, and the pages behind it, from one look at
 * the blocks.
 */
#ifndef MEMCTL_QUERY_EXPLAIN_H
#define MEMCTL_QUERY_EXPLAIN_H

#include "daemon/plan/reason.h"
#include "daemon/query/why.h"

struct explain_task;

/*
 * report and reasons are the handler's to keep (take them) or to clear. Without a source for a survey there
 * are reasons alone, if there are any; else -EOPNOTSUPP. With an error there is nothing, and message may say
 * why.
 */
typedef void (*explain_done_t)(void *userdata, int error, const char *message, struct why_report *report,
                               struct reason_list *reasons);

/*
 * Starts to plan taking the blocks (copied) offline, with no options and without touching anything, and to
 * find out about pages that keep them; as why_task_new().
 */
int explain_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                     explain_done_t done, void *userdata, struct explain_task **ret);

/* Counts only, as why_task_only_count(). Before the loop runs again. */
void explain_task_only_count(struct explain_task *task);

struct explain_task *explain_task_free(struct explain_task *task);
DEFINE_CLEANUP(struct explain_task *, explain_task_free)

#endif
