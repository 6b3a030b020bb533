/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/survey.h"

#include "daemon/module/lease.h"
#include "daemon/pages/survey_fill.h"

#include <errno.h>

/* A source that goes away meanwhile is done without: the survey is begun again, this often. */
#define RESTARTS_MAX 2

/* How often a block with pages that may be so for a moment only is looked at, and the pause between two
 * looks. */
#define LOOKS_MAX 6
#define LOOK_USEC (50 * UINT64_C(1000))

struct survey_task {
        struct machine *machine;
        struct block_set blocks;
        bool settle, only_look;
        size_t limit;              /* of rows; 0: none */
        size_t next;               /* block to survey in the first round */
        struct survey survey;      /* blocks that are done with */
        struct survey before, now; /* those to look at again: as seen in the last round, and in this one */
        struct survey_block again; /* the one of before looked at last */
        unsigned int round, restarts;
        struct lease *lease; /* from the second round on: no page waits in a CPU's LRU cache */
        survey_done_t done;
        void *userdata;
        sd_event_source *idle, *pause;
};

static void forget(struct survey_task *task)
{
        survey_clear(&task->survey);
        survey_clear(&task->before);
        survey_clear(&task->now);
        task->again = (struct survey_block){ .survey = &task->before };
        task->lease = lease_free(task->lease);
        task->next = 0;
        task->round = 0;
}

static void finish(struct survey_task *task, int error, const char *message)
{
        struct survey survey;

        if (error < 0)
                forget(task);
        else if (task->round > 0)
                survey_sort(&task->survey);
        task->lease = lease_free(task->lease);
        survey = task->survey;
        task->survey = (struct survey){ 0 };
        (void) sd_event_source_set_enabled(task->idle, SD_EVENT_OFF);
        task->done(task->userdata, error, message, &survey);
}

static bool is_online(struct survey_task *task, uint32_t number)
{
        const struct memory_block *block =
                snapshot_find_block(monitor_snapshot(task->machine->monitor), number);

        return block && block->state != BLOCK_OFFLINE;
}

/* Looks at one block alone, by the source of the blocks before it. */
static int look(struct survey_task *task, uint32_t number, struct survey *ret, char **message)
{
        int r;

        *ret = (struct survey){ .source = task->survey.source };
        r = survey_add_block(ret, task->machine->tree, monitor_block_size(task->machine->monitor), number,
                             message);
        if (r < 0)
                return r;
        task->survey.source = ret->source;
        task->survey.unknown = ret->unknown;
        if (!task->survey.note)
                task->survey.note = TAKE_PTR(ret->note);
        return 0;
}

/* Without memctl.ko nothing is known to be pinned, and what is nobody's may be anybody's. */
static bool may_pass(const struct survey_task *task, const struct survey_block *block)
{
        if (task->survey.source != SURVEY_MODULE)
                return false;
        for (size_t i = 0; i < block->n_counts; i++)
                if (survey_class_passes(block->counts[i].class))
                        return true;
        return false;
}

static int first_look(struct survey_task *task, uint32_t number, char **message)
{
        _cleanup_(survey_clear) struct survey seen = { 0 };
        struct survey_block block = { .survey = &seen };
        int r;

        if (!task->settle)
                return survey_add_block(&task->survey, task->machine->tree,
                                        monitor_block_size(task->machine->monitor), number, message);
        r = look(task, number, &seen, message);
        if (r < 0 || !survey_next_block(&block))
                return r;
        return survey_copy_block(may_pass(task, &block) ? &task->now : &task->survey, &block);
}

static int next_look(struct survey_task *task, char **message)
{
        _cleanup_(survey_clear) struct survey seen = { 0 }, settled = { 0 };
        struct survey_block block = { .survey = &seen };
        bool again;
        int r;

        r = look(task, task->again.block, &seen, message);
        if (r < 0 || !survey_next_block(&block)) /* it went offline meanwhile */
                return r;
        r = survey_settle_block(&settled, &task->again, &block);
        if (r < 0)
                return r;
        block = (struct survey_block){ .survey = &settled };
        if (!survey_next_block(&block))
                return 0;
        again = task->round < LOOKS_MAX - 1 && may_pass(task, &block);
        return survey_copy_block(again ? &task->now : &task->survey, &block);
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct survey_task *task = userdata;

        (void) source;
        (void) usec;

        return sd_event_source_set_enabled(task->idle, SD_EVENT_ON);
}

/*
 * A page in a CPU's LRU cache is one that looks pinned and is not. Where there is no lease to be had, looking
 * again has to do.
 */
static void hold_caches(struct survey_task *task)
{
        _cleanup_free_ char *message = NULL;

        if (!task->lease && !task->only_look)
                (void) lease_take(task->machine->tree, 0, &task->lease, &message);
}

/* 1: there is another round, after a pause; 0: all is done. */
static int end_round(struct survey_task *task)
{
        int r;

        survey_clear(&task->before);
        if (task->now.n_counts == 0)
                return 0;
        task->before = task->now;
        task->now = (struct survey){ 0 };
        task->again = (struct survey_block){ .survey = &task->before };
        task->round++;
        hold_caches(task);
        task->pause = sd_event_source_disable_unref(task->pause);
        r = machine_after(task->machine, LOOK_USEC, on_pause_over, task, &task->pause);
        if (r >= 0)
                r = sd_event_source_set_enabled(task->idle, SD_EVENT_OFF);
        return r < 0 ? r : 1;
}

static bool is_full(const struct survey_task *task)
{
        return task->limit > 0 && task->survey.n_counts >= task->limit;
}

static int on_idle(sd_event_source *source, void *userdata)
{
        _cleanup_free_ char *message = NULL;
        struct survey_task *task = userdata;
        bool more;
        int r;

        (void) source;

        /* offline ones cost nothing, so they take no turn of their own */
        while (task->round == 0 && !is_full(task) && task->next < task->blocks.n_numbers &&
               !is_online(task, task->blocks.numbers[task->next]))
                task->next++;
        more = task->round == 0 ? !is_full(task) && task->next < task->blocks.n_numbers
                                : survey_next_block(&task->again);
        if (!more) {
                r = end_round(task);
                if (r <= 0)
                        finish(task, r, NULL);
                return 0;
        }

        r = task->round == 0 ? first_look(task, task->blocks.numbers[task->next++], &message)
                             : next_look(task, &message);
        if (r >= 0)
                return 0;
        if (r != -ENOMEM && task->survey.source != SURVEY_NONE && task->restarts++ < RESTARTS_MAX)
                forget(task);
        else
                finish(task, r, message);
        return 0;
}

int survey_task_new(struct machine *machine, const struct block_set *blocks, bool settle, survey_done_t done,
                    void *userdata, struct survey_task **ret)
{
        _cleanup_(survey_task_freep) struct survey_task *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->settle = settle;
        task->done = done;
        task->userdata = userdata;
        r = block_set_copy(blocks, &task->blocks);
        if (r >= 0)
                r = machine_when_idle(machine, on_idle, task, &task->idle);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

void survey_task_only_look(struct survey_task *task)
{
        task->only_look = true;
}

void survey_task_limit(struct survey_task *task, size_t rows)
{
        task->limit = rows;
}

void survey_task_rest(const struct survey_task *task, struct block_set *ret)
{
        *ret = (struct block_set){
                .numbers = task->blocks.numbers + task->next,
                .n_numbers = task->blocks.n_numbers - task->next,
        };
}

struct survey_task *survey_task_free(struct survey_task *task)
{
        if (!task)
                return NULL;

        sd_event_source_disable_unref(task->idle);
        sd_event_source_disable_unref(task->pause);
        block_set_clear(&task->blocks);
        forget(task);
        free(task);
        return NULL;
}
