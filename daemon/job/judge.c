/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/judge.h"

#include "daemon/job/cold.h"
#include "daemon/job/keepers.h"
#include "daemon/job/placing.h"
#include "daemon/job/survey.h"
#include "daemon/model/module.h"
#include "daemon/model/usage.h"

#include <errno.h>
#include <string.h>

struct judge {
        struct machine *machine;
        struct block_set blocks;
        char *dimm;
        struct offline_options options;
        struct block_usage *usage; /* for each of blocks */
        struct survey_task *task;
        struct survey survey;
        struct keepers *keepers;
        struct cold_task *looking;
        struct cold cold;
        bool cold_known;
        judge_done_t done;
        void *userdata;
};

/* A block that went away while others were counted cannot be planned for. */
static int refuse_if_blocks_left(const struct snapshot *snapshot, const struct block_set *blocks,
                                 struct offline_plan *plan)
{
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                struct reason reason = { .code = REASON_BLOCK_CHANGED, .block = blocks->numbers[i] };
                int r;

                if (snapshot_find_block(snapshot, blocks->numbers[i]))
                        continue;
                r = reason_list_add(&plan->reasons, &reason);
                if (r < 0)
                        return r;
                plan->refused = true;
        }
        return 0;
}

static bool can_fence(const struct tree *tree, char **why_not)
{
        struct module_info module;
        int r = module_read(tree, &module, why_not);

        if (r > 0 && (module.abilities & MEMCTL_ABILITY_FENCE))
                return true;
        if (r == 0)
                *why_not = strdup("memctl.ko is not loaded");
        return false;
}

static int make_plan(struct judge *judge, struct offline_plan *plan)
{
        struct snapshot *snapshot = monitor_snapshot(judge->machine->monitor);
        _cleanup_free_ struct offline_keeper *keepers = NULL;
        struct offline_request request = {
                .blocks = judge->blocks.numbers,
                .n_blocks = judge->blocks.n_numbers,
                .usage = judge->usage,
                .options = judge->options,
                .page_size = (uint64_t) sysconf(_SC_PAGESIZE),
                .cold = judge->cold_known ? &judge->cold : NULL,
        };
        _cleanup_(room_clear) struct room room = { 0 };
        _cleanup_free_ char *no_fence = NULL, *no_place = NULL;
        struct history history;
        int r;

        r = refuse_if_blocks_left(snapshot, &judge->blocks, plan);
        if (r < 0 || plan->refused)
                return r;

        r = keepers_list(judge->keepers, &keepers, &request.n_keepers);
        if (r < 0)
                return r;
        request.keepers = keepers;
        if (judge->dimm) {
                request.eject = snapshot_find_dimm(snapshot, judge->dimm);
                if (!request.eject)
                        return -ENODEV;
        }
        r = room_read(judge->machine->tree, &room);
        if (r < 0)
                return r;
        request.room = &room;
        history_read(judge->machine->tree->root_fd, HISTORY_FILE + 1, &history);
        request.history = &history;
        request.can_fence = can_fence(judge->machine->tree, &no_fence);
        request.no_fence = no_fence;
        if (judge->options.to_node != NODE_NONE)
                request.can_place = !judge->machine->tree->live || placing_check(&no_place) >= 0;
        request.no_place = no_place;
        return offline_plan_make(snapshot, &request, plan);
}

static void finish(struct judge *judge, int error)
{
        struct offline_plan plan = { 0 };
        int r = error;

        if (r >= 0)
                r = make_plan(judge, &plan);
        if (r < 0)
                offline_plan_clear(&plan);
        judge->done(judge->userdata, r < 0 ? r : 0, &plan);
}

/* What a block holds, by the survey. One that is not in it was offline, so nothing is in it. */
static void count_usage(struct judge *judge, bool known)
{
        struct survey_block block = { .survey = &judge->survey };
        bool more = survey_next_block(&block);

        for (size_t i = 0; i < judge->blocks.n_numbers; i++) {
                struct block_usage *usage = &judge->usage[i];

                *usage = (struct block_usage){ .number = judge->blocks.numbers[i], .known = known };
                while (more && block.block < usage->number)
                        more = survey_next_block(&block);
                for (size_t j = 0; more && block.block == usage->number && j < block.n_counts; j++)
                        block_usage_add(usage, block.counts[j].class, block.counts[j].order,
                                        block.counts[j].pages);
        }
}

static void on_looked(void *userdata, int error, struct cold *cold)
{
        struct judge *judge = userdata;

        judge->looking = cold_task_free(judge->looking);
        cold_clear(&judge->cold);
        judge->cold_known = error >= 0;
        judge->cold = *cold;
        *cold = (struct cold){ 0 };
        finish(judge, error == -ENOMEM ? error : 0);
}

/* Watching memory takes a while: nobody waits that long to hear that it does not go. */
static void on_listed(void *userdata, int error, struct cold *cold)
{
        struct judge *judge = userdata;
        struct offline_plan plan = { 0 };
        int r;

        if (error < 0 || !cold_is_worth_watching(cold)) {
                on_looked(judge, error, cold);
                return;
        }
        judge->looking = cold_task_free(judge->looking);
        judge->cold = *cold;
        judge->cold_known = true;
        *cold = (struct cold){ 0 };
        r = make_plan(judge, &plan);
        if (r >= 0 && !plan.refused)
                r = cold_task_new(judge->machine, &judge->blocks, judge->options.cache, &judge->cold,
                                  on_looked, judge, &judge->looking);
        if (r < 0 || plan.refused)
                finish(judge, r);
        offline_plan_clear(&plan);
}

/* Each page of a block that is looked at costs time: not where the survey has seen none of the page cache.
 */
static int blocks_with_cache(const struct judge *judge, struct block_set *ret)
{
        ret->numbers = calloc(judge->blocks.n_numbers ? judge->blocks.n_numbers : 1, sizeof(*ret->numbers));
        if (!ret->numbers)
                return -ENOMEM;
        for (size_t i = 0; i < judge->blocks.n_numbers; i++)
                if (!judge->usage[i].known || judge->usage[i].pages_file > 0)
                        ret->numbers[ret->n_numbers++] = judge->blocks.numbers[i];
        return 0;
}

static void look_for_cache(struct judge *judge)
{
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        int r;

        r = blocks_with_cache(judge, &blocks);
        if (r >= 0)
                r = cold_task_new(judge->machine, &blocks, judge->options.cache, NULL, on_listed, judge,
                                  &judge->looking);
        if (r < 0)
                finish(judge, r);
}

static void on_searched(void *userdata)
{
        look_for_cache(userdata);
}

static void on_surveyed(void *userdata, int error, const char *message, struct survey *survey)
{
        struct judge *judge = userdata;
        int r;

        (void) message;

        judge->task = survey_task_free(judge->task);
        judge->survey = *survey;
        *survey = (struct survey){ 0 };
        if (error == -ENOMEM) {
                finish(judge, error);
                return;
        }
        /* without a survey the plan is made without counts, and says that it is */
        count_usage(judge, error >= 0);
        r = keepers_new(&judge->survey, &judge->keepers);
        if (r >= 0 && !judge->options.force)
                r = keepers_search(judge->keepers, judge->machine, on_searched, judge);
        if (r < 0)
                finish(judge, r);
        else if (r == 0)
                look_for_cache(judge);
}

int judge_new(struct machine *machine, const struct block_set *blocks, const char *dimm,
              const struct offline_options *options, judge_done_t done, void *userdata, struct judge **ret)
{
        _cleanup_(judge_freep) struct judge *judge = NULL;
        int r;

        judge = calloc(1, sizeof(*judge));
        if (!judge)
                return -ENOMEM;

        judge->machine = machine;
        judge->options = *options;
        judge->done = done;
        judge->userdata = userdata;
        judge->usage = calloc(blocks->n_numbers ? blocks->n_numbers : 1, sizeof(*judge->usage));
        if (!judge->usage)
                return -ENOMEM;
        r = block_set_copy(blocks, &judge->blocks);
        if (r < 0)
                return r;
        if (dimm) {
                judge->dimm = strdup(dimm);
                if (!judge->dimm)
                        return -ENOMEM;
        }
        r = survey_task_new(machine, &judge->blocks, true, on_surveyed, judge, &judge->task);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(judge);
        return 0;
}

struct judge *judge_free(struct judge *judge)
{
        if (!judge)
                return NULL;

        survey_task_free(judge->task);
        keepers_free(judge->keepers);
        cold_task_free(judge->looking);
        cold_clear(&judge->cold);
        survey_clear(&judge->survey);
        block_set_clear(&judge->blocks);
        free(judge->dimm);
        free(judge->usage);
        free(judge);
        return NULL;
}
