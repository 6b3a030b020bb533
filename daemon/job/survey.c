/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/survey.h"

#include <errno.h>

/* A source that goes away meanwhile is done without: the survey is begun again, this often. */
#define RESTARTS_MAX 2

struct survey_task {
        struct machine *machine;
        struct block_set blocks;
        size_t next; /* block to survey */
        struct survey survey;
        unsigned int restarts;
        survey_done_t done;
        void *userdata;
        sd_event_source *idle;
};

static void finish(struct survey_task *task, int error, const char *message)
{
        struct survey survey = task->survey;

        task->survey = (struct survey){ 0 };
        (void) sd_event_source_set_enabled(task->idle, SD_EVENT_OFF);
        if (error < 0)
                survey_clear(&survey);
        task->done(task->userdata, error, message, &survey);
}

static bool is_online(struct survey_task *task, uint32_t number)
{
        const struct memory_block *block =
                snapshot_find_block(monitor_snapshot(task->machine->monitor), number);

        return block && block->state != BLOCK_OFFLINE;
}

static int on_idle(sd_event_source *source, void *userdata)
{
        _cleanup_free_ char *message = NULL;
        struct survey_task *task = userdata;
        int r;

        (void) source;

        /* offline ones cost nothing, so they take no turn of their own */
        while (task->next < task->blocks.n_numbers && !is_online(task, task->blocks.numbers[task->next]))
                task->next++;
        if (task->next == task->blocks.n_numbers) {
                finish(task, 0, NULL);
                return 0;
        }

        r = survey_add_block(&task->survey, task->machine->tree, monitor_block_size(task->machine->monitor),
                             task->blocks.numbers[task->next], &message);
        if (r >= 0)
                task->next++;
        else if (r != -ENOMEM && task->next > 0 && task->restarts++ < RESTARTS_MAX) {
                survey_clear(&task->survey);
                task->next = 0;
        } else
                finish(task, r, message);
        return 0;
}

int survey_task_new(struct machine *machine, const struct block_set *blocks, survey_done_t done,
                    void *userdata, struct survey_task **ret)
{
        _cleanup_(survey_task_freep) struct survey_task *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->done = done;
        task->userdata = userdata;
        r = block_set_copy(blocks, &task->blocks);
        if (r < 0)
                return r;

        r = sd_event_add_defer(machine->event, &task->idle, on_idle, task);
        if (r >= 0)
                r = sd_event_source_set_enabled(task->idle, SD_EVENT_ON);
        if (r >= 0)
                r = sd_event_source_set_priority(task->idle, SD_EVENT_PRIORITY_IDLE);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

struct survey_task *survey_task_free(struct survey_task *task)
{
        if (!task)
                return NULL;

        sd_event_source_disable_unref(task->idle);
        block_set_clear(&task->blocks);
        survey_clear(&task->survey);
        free(task);
        return NULL;
}
