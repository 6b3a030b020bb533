/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/pick.h"

#include "daemon/pages/usage.h"
#include "daemon/plan/size.h"
#include "daemon/plan/take.h"
#include "daemon/plan/unmovable.h"
#include "daemon/query/cold.h"
#include "daemon/query/survey.h"
#include "basic/saturated.h"

#include <errno.h>

struct pick_task {
        struct machine *machine;
        struct block_set candidates;
        uint64_t size;
        struct offline_options options;
        uint64_t *cost; /* of each candidate */
        struct survey_task *survey;
        struct cold_task *cold;
        pick_done_t done;
        void *userdata;
};

static void finish(struct pick_task *task, int error)
{
        struct block_set blocks = { 0 };
        _cleanup_free_ char *message = NULL;

        if (error >= 0)
                error = size_pick(monitor_snapshot(task->machine->monitor), &task->candidates, task->cost,
                                  task->size, &blocks, &message);
        task->done(task->userdata, error, message, &blocks);
        block_set_clear(&blocks);
}

/* What a fence drops need not be moved. */
static void on_cache(void *userdata, int error, struct cold *cold)
{
        struct pick_task *task = userdata;
        uint64_t pages = pages_of_block(task->machine);
        size_t at = 0;

        task->cold = cold_task_free(task->cold);
        for (size_t i = 0; error >= 0 && i < task->candidates.n_numbers; i++) {
                uint64_t end = (task->candidates.numbers[i] + UINT64_C(1)) * pages;

                for (; at < cold->n_blocks && cold->blocks[at].pfn < end; at++)
                        if (task->cost[i] != COST_NEVER && take_drops(CACHE_DROP, &cold->blocks[at]))
                                task->cost[i] = subtract_to_zero(task->cost[i],
                                                                 cold->blocks[at].cold +
                                                                         (uint64_t) cold->blocks[at].hot +
                                                                         cold->blocks[at].mapped);
        }
        cold_clear(cold);
        finish(task, error == -ENOMEM ? error : 0);
}

static void count(struct pick_task *task, const struct survey *survey)
{
        struct survey_block block = { .survey = survey };
        bool more = survey_next_block(&block);

        for (size_t i = 0; i < task->candidates.n_numbers; i++) {
                struct block_usage usage = { 0 };

                while (more && block.block < task->candidates.numbers[i])
                        more = survey_next_block(&block);
                for (size_t j = 0; more && block.block == task->candidates.numbers[i] && j < block.n_counts;
                     j++)
                        block_usage_add(&usage, block.counts[j].class, block.counts[j].order,
                                        block.counts[j].pages);
                task->cost[i] = usage.pages_in_use;
        }
}

/* Both ascend. */
static int rule_out(struct pick_task *task, const struct survey *survey)
{
        _cleanup_free_ struct owned_pages *keepers = NULL;
        size_t n = 0, at = 0;
        int r;

        r = unmovable_certain(survey, &keepers, &n);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                while (at < task->candidates.n_numbers && task->candidates.numbers[at] < keepers[i].block)
                        at++;
                if (keepers[i].pages > 0 && at < task->candidates.n_numbers &&
                    task->candidates.numbers[at] == keepers[i].block)
                        task->cost[at] = COST_NEVER;
        }
        return r;
}

static void on_surveyed(void *userdata, int error, const char *message, struct survey *survey)
{
        struct pick_task *task = userdata;
        int r = 0;

        (void) message;

        task->survey = survey_task_free(task->survey);
        /* where nobody can count, all blocks cost the same */
        if (error >= 0) {
                count(task, survey);
                r = task->options.force ? 0 : rule_out(task, survey);
        }
        survey_clear(survey);
        if (error == -ENOMEM)
                r = error;
        if (r >= 0 && task->options.cache == CACHE_DROP)
                r = cold_task_new(task->machine, &task->candidates, CACHE_DROP, NULL, on_cache, task,
                                  &task->cold);
        if (r < 0 || !task->cold)
                finish(task, r);
}

int pick_task_new(struct machine *machine, const struct block_set *candidates, uint64_t size,
                  const struct offline_options *options, pick_done_t done, void *userdata,
                  struct pick_task **ret)
{
        _cleanup_(pick_task_freep) struct pick_task *task = calloc(1, sizeof(*task));
        int r;

        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->size = size;
        task->options = *options;
        task->done = done;
        task->userdata = userdata;
        task->cost = calloc(candidates->n_numbers ? candidates->n_numbers : 1, sizeof(*task->cost));
        if (!task->cost)
                return -ENOMEM;
        r = block_set_copy(candidates, &task->candidates);
        if (r >= 0)
                r = survey_task_new(machine, &task->candidates, true, on_surveyed, task, &task->survey);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

struct pick_task *pick_task_free(struct pick_task *task)
{
        if (!task)
                return NULL;

        survey_task_free(task->survey);
        cold_task_free(task->cold);
        block_set_clear(&task->candidates);
        free(task->cost);
        free(task);
        return NULL;
}
