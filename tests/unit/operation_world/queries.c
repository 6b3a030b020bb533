/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked, and answered later: planners, and why a block does not go; plans.
 */
#include "operation_world/parts.h"

#include "daemon/plan/eject.h"
#include "daemon/query/offline_planner.h"
#include "daemon/query/why.h"

#include <errno.h>
#include <string.h>

struct offline_planner {
        struct sd_event_source *over;
        struct block_set blocks;
        bool again; /* it is judged whether what is left fits */
        offline_planner_done_t done;
        void *userdata;
};

static int on_planned(sd_event_source *source, uint64_t usec, void *userdata)
{
        const struct reason no_room = { .code = REASON_NOT_ENOUGH_MEMORY, .block = REASON_NO_BLOCK };
        struct offline_planner *planner = userdata;
        struct offline_plan plan = {
                .to_node = world.to_node,
                .fence = world.plan_fences,
                .refused = planner->again ? world.judge_refuses : world.plan_refuses,
        };

        (void) source, (void) usec;

        plan.steps = calloc(WORLD_BLOCKS, sizeof(*plan.steps));
        assert_non_null(plan.steps);
        if (plan.refused)
                assert_int_equal(reason_list_add(&plan.reasons, &no_room), 0);
        else
                for (size_t i = 0; i < planner->blocks.n_numbers; i++)
                        if (world_block(planner->blocks.numbers[i])->state == WORLD_ONLINE)
                                plan.steps[plan.n_steps++] = (struct offline_step){
                                        .block = planner->blocks.numbers[i],
                                        .zone = ZONE_MOVABLE,
                                        .unfenced = plan.n_steps < (size_t) world.unfenced,
                                };
        planner->done(planner->userdata, planner->again ? 0 : world.plan_error, &plan);
        offline_plan_clear(&plan);
        return 0;
}

int offline_planner_new(struct machine *machine, const struct block_set *blocks, const char *dimm,
                        const struct offline_options *options, offline_planner_done_t done, void *userdata,
                        struct offline_planner **ret)
{
        struct offline_planner *planner = calloc(1, sizeof(*planner));

        (void) machine, (void) dimm;

        assert_non_null(planner);
        assert_int_equal(block_set_copy(blocks, &planner->blocks), 0);
        planner->again = options->force;
        planner->done = done;
        planner->userdata = userdata;
        planner->over = world_timer(world_random(2000000), on_planned, planner);
        world.planners++;
        *ret = planner;
        return 0;
}

struct offline_planner *offline_planner_free(struct offline_planner *planner)
{
        if (!planner)
                return NULL;
        sd_event_source_disable_unref(planner->over);
        block_set_clear(&planner->blocks);
        world.planners--;
        free(planner);
        return NULL;
}

struct why_task {
        struct sd_event_source *over;
        why_done_t done;
        void *userdata;
};

static int on_why(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct why_task *task = userdata;
        struct why_report report = { 0 };

        (void) source, (void) usec;

        if (world.why_finds) {
                report.owners = calloc(1, sizeof(*report.owners));
                assert_non_null(report.owners);
                report.n_owners = 1;
                report.owners[0].movable = MOVABLE_NO;
                report.owners[0].pages.class = MEMCTL_CLASS_SLAB;
                report.owners[0].pages.pages = 3;
        }
        task->done(task->userdata, 0, NULL, &report);
        return 0;
}

int why_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                 why_done_t done, void *userdata, struct why_task **ret)
{
        (void) machine, (void) blocks, (void) mapping_usec;

        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        (*ret)->done = done;
        (*ret)->userdata = userdata;
        (*ret)->over = world_timer(world_random(5000000), on_why, *ret);
        world.whys++;
        return 0;
}

struct why_task *why_task_free(struct why_task *task)
{
        if (!task)
                return NULL;
        sd_event_source_disable_unref(task->over);
        world.whys--;
        free(task);
        return NULL;
}

int eject_judge(const struct snapshot *snapshot, const struct dimm *dimm, struct reason_list *reasons)
{
        const struct reason reason = { .code = REASON_NOT_EJECTABLE, .block = REASON_NO_BLOCK };

        (void) snapshot, (void) dimm;

        if (world.plan_refuses)
                assert_int_equal(reason_list_add(reasons, &reason), 0);
        return world.plan_error;
}

int online_plan_make(const struct snapshot *snapshot, const uint32_t *blocks, size_t n,
                     enum online_zone zone, struct online_plan *ret)
{
        (void) snapshot, (void) zone;

        ret->blocks = calloc(n ? n : 1, sizeof(*ret->blocks));
        assert_non_null(ret->blocks);
        ret->refused = world.plan_refuses;
        if (ret->refused)
                assert_int_equal(
                        reason_list_add_block(&ret->reasons, REASON_ZONE_NOT_POSSIBLE, blocks[0], "Movable"),
                        0);
        for (size_t i = 0; i < n; i++)
                if (world_block(blocks[i])->state == WORLD_OFFLINE)
                        ret->blocks[ret->n_blocks++] = blocks[i];
        return world.plan_error;
}
