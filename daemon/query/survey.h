/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveys many blocks, in a process of its own: the kernel, and memctl.ko, may keep who asks waiting.
 */
#ifndef MEMCTL_QUERY_SURVEY_H
#define MEMCTL_QUERY_SURVEY_H

#include "daemon/machine/machine.h"
#include "daemon/pages/survey.h"
#include "daemon/plan/range.h"

struct survey_task;

/* A survey, or why there is none. */
struct survey_result {
        struct survey survey;
        int error; /* -errno */
        char *message;
};

void survey_result_clear(struct survey_result *result);

/*
 * The survey is the handler's to keep (take it) or to clear; its rows are ascending by block. With an error
 * (-errno) it is empty, and message says why (it may be NULL, and is the task's). -ENODATA: there is no
 * source; -ETIMEDOUT: it did not answer.
 */
typedef void (*survey_done_t)(void *userdata, int error, const char *message, struct survey *survey);

/*
 * Starts to survey the blocks (copied). Those that are offline or gone when their turn comes are passed
 * over. settle: a block with pages that are pinned, or nobody's, is looked at up to six times, 50 ms or
 * more apart, and only pages that are so each time are counted as such. done is called once, from the loop;
 * the task may be freed from within.
 */
int survey_task_new(struct machine *machine, const struct block_set *blocks, bool settle, survey_done_t done,
                    void *userdata, struct survey_task **ret);

/* Holds no LRU cache off, whatever the source: for callers who may look and not touch. Before the loop runs
 * again. */
void survey_task_only_look(struct survey_task *task);

/*
 * Ends the survey after the block that makes it so many rows, or more. Not with settle. Before the loop runs
 * again.
 */
void survey_task_limit(struct survey_task *task, size_t rows);

/* Once it is done: the blocks that such a limit has kept it from; *ret borrows from the task. */
void survey_task_rest(const struct survey_task *task, struct block_set *ret);

struct survey_task *survey_task_free(struct survey_task *task);
DEFINE_CLEANUP(struct survey_task *, survey_task_free)

#endif
