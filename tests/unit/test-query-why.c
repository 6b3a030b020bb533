/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveys, reports and judgements carried out by a loop, on trees whose every page is known.
 */
#include "daemon/query/offline_planner.h"
#include "daemon/query/survey.h"
#include "daemon/query/why.h"
#include "tree.h"

#include <errno.h>
#include <linux/kernel-page-flags.h>
#include <stdlib.h>
#include <string.h>

#define FLAG(bit) (UINT64_C(1) << (bit))
#define MLOCKED   FLAG(33)
#define PRESENT   (UINT64_C(1) << 63)

#define PAGES  64
#define BLOCKS 4

struct world {
        char *root;
        struct machine machine;
        uint64_t flags[BLOCKS * PAGES];
};

/* Blocks 0 to 2 online, 3 offline: 0 free, 1 with slab, others' and locked pages, 2 all file. */
static void world_init(struct world *world)
{
        uint64_t pagemap[20] = { [16] = PRESENT | (PAGES + 20), [17] = PRESENT | (PAGES + 30) };
        uint64_t page = (uint64_t) sysconf(_SC_PAGESIZE);
        char text[64], *message = NULL;

        *world = (struct world){ .root = tree_make() };
        (void) snprintf(text, sizeof(text), "%llx\n", (unsigned long long) (PAGES * page));
        tree_text(world->root, "sys/devices/system/memory/block_size_bytes", text);
        for (uint32_t i = 0; i < BLOCKS; i++)
                tree_block(world->root, i, i == 3 ? "offline" : "online", "Movable", "1");
        for (size_t i = 0; i < PAGES; i++) {
                world->flags[i] = FLAG(KPF_BUDDY);
                world->flags[PAGES + i] = i < 10   ? FLAG(KPF_SLAB)
                                          : i < 20 ? FLAG(KPF_LRU)
                                          : i < 22 ? 0
                                          : i < 30 ? FLAG(KPF_BUDDY)
                                                   : FLAG(KPF_LRU) | FLAG(KPF_ANON) | MLOCKED;
                world->flags[2 * PAGES + i] = FLAG(KPF_LRU);
                world->flags[3 * PAGES + i] = FLAG(KPF_NOPAGE);
        }
        tree_bytes(world->root, "proc/kpageflags", world->flags, sizeof(world->flags));
        tree_text(world->root, "proc/meminfo", "MemAvailable: 999999 kB\n");
        (void) snprintf(text, sizeof(text), "%llx-%llx rw-p 0 0 0\n", 16ULL * page, 18ULL * page);
        tree_text(world->root, "proc/77/maps", text);
        tree_text(world->root, "proc/77/comm", "holder\n");
        tree_text(world->root, "proc/77/status", "VmLck:\t4 kB\n");
        tree_bytes(world->root, "proc/77/pagemap", pagemap, sizeof(pagemap));
        tree_text(world->root, "proc/allocinfo", "allocinfo - version: 1.0\n 5 1 mm/a.c:1 func:f \n");

        assert_int_equal(sd_event_new(&world->machine.event), 0);
        assert_int_equal(tree_open(world->root, &world->machine.tree, &message), 0);
        assert_int_equal(
                monitor_new(world->machine.tree, world->machine.event, &world->machine.monitor, &message),
                0);
}

static void world_clear(struct world *world)
{
        monitor_free(world->machine.monitor);
        tree_close(world->machine.tree);
        sd_event_unref(world->machine.event);
        tree_remove(world->root);
}

static struct block_set all_blocks(void)
{
        static uint32_t numbers[BLOCKS] = { 0, 1, 2, 3 };

        return (struct block_set){ .numbers = numbers, .n_numbers = BLOCKS };
}

/* What came of a task, and the loop that ends with it. */
struct result {
        sd_event *event;
        int error;
        char *message;
        struct why_report report;
        struct survey survey;
        struct offline_plan plan;
};

static void over(struct result *result, int error, const char *message)
{
        result->error = error;
        result->message = message ? strdup(message) : NULL;
        assert_true(sd_event_exit(result->event, 0) >= 0);
}

static void on_report(void *userdata, int error, const char *message, struct why_report *report)
{
        struct result *result = userdata;

        result->report = *report;
        *report = (struct why_report){ 0 };
        over(result, error, message);
}

static void on_survey(void *userdata, int error, const char *message, struct survey *survey)
{
        struct result *result = userdata;

        result->survey = *survey;
        *survey = (struct survey){ 0 };
        over(result, error, message);
}

static void on_plan(void *userdata, int error, struct offline_plan *plan)
{
        struct result *result = userdata;

        result->plan = *plan;
        *plan = (struct offline_plan){ 0 };
        over(result, error, NULL);
}

static struct result run_why(struct world *world, const struct block_set *blocks)
{
        struct result result = { .event = world->machine.event };
        _cleanup_(why_task_freep) struct why_task *task = NULL;

        assert_int_equal(why_task_new(&world->machine, blocks, WHY_MAPPING_USEC, on_report, &result, &task),
                         0);
        assert_true(sd_event_loop(world->machine.event) >= 0);
        return result;
}

static const struct why_owner *find_owner(const struct why_report *report, enum memctl_class class)
{
        for (size_t i = 0; i < report->n_owners; i++)
                if (report->owners[i].pages.class == class)
                        return &report->owners[i];
        return NULL;
}

static void test_why(void **state)
{
        struct block_set blocks = all_blocks();
        const struct why_owner *owner;
        struct result result;
        struct world world;

        (void) state;

        world_init(&world);
        result = run_why(&world, &blocks);
        assert_int_equal(result.error, 0);
        assert_int_equal(result.report.blocks.n_numbers, 3);
        assert_int_equal(result.report.offline.n_numbers, 1);
        assert_int_equal(result.report.offline.numbers[0], 3);
        assert_int_equal(result.report.n_owners, 3);
        owner = find_owner(&result.report, MEMCTL_CLASS_SLAB);
        assert_non_null(owner);
        assert_int_equal(owner->pages.pages, 10);
        assert_int_equal(owner->movable, MOVABLE_NO);
        owner = find_owner(&result.report, MEMCTL_CLASS_OTHER);
        assert_non_null(owner);
        assert_int_equal(owner->movable, MOVABLE_UNKNOWN);
        assert_int_equal(owner->n_pids, 1);
        owner = find_owner(&result.report, MEMCTL_CLASS_LRU_MLOCKED);
        assert_non_null(owner);
        assert_int_equal(owner->movable, MOVABLE_YES);
        assert_int_equal(owner->n_pids, 1);
        assert_int_equal(owner->pids[0], 77);
        /* what moves is no keeper */
        assert_int_equal(result.report.n_keepers, 2);
        assert_int_equal(result.report.keepers[0].pages->pfn, PAGES);
        assert_int_equal(result.report.keepers[0].n_pids, 0);
        assert_false(result.report.keepers[0].searched);
        assert_int_equal(result.report.keepers[1].pages->pages, 2);
        assert_int_equal(result.report.keepers[1].pids[0], 77);
        assert_int_equal(result.report.n_processes, 1);
        assert_string_equal(result.report.processes[0].command, "holder");
        assert_true(result.report.has_allocations);
        why_report_clear(&result.report);
        world_clear(&world);
}

static void test_why_of_offline_blocks(void **state)
{
        uint32_t number = 3;
        const struct block_set blocks = { .numbers = &number, .n_numbers = 1 };
        struct result result;
        struct world world;

        (void) state;

        world_init(&world);
        result = run_why(&world, &blocks);
        assert_int_equal(result.error, 0);
        assert_int_equal(result.report.blocks.n_numbers, 0);
        assert_int_equal(result.report.offline.n_numbers, 1);
        assert_int_equal(result.report.n_owners + result.report.n_keepers, 0);
        why_report_clear(&result.report);
        world_clear(&world);
}

static void test_why_without_a_source(void **state)
{
        struct block_set blocks = all_blocks();
        struct result result;
        struct world world;

        (void) state;

        world_init(&world);
        tree_unlink(world.root, "proc/kpageflags");
        result = run_why(&world, &blocks);
        assert_int_equal(result.error, -EOPNOTSUPP);
        assert_non_null(strstr(result.message, "proc/kpageflags"));
        free(result.message);
        world_clear(&world);
}

static void test_survey(void **state)
{
        struct block_set blocks = all_blocks();

        (void) state;

        for (int settle = 0; settle < 2; settle++) {
                struct result result = { 0 };
                struct survey_block block = { .survey = &result.survey };
                struct survey_task *task;
                struct world world;
                uint32_t n = 0;

                world_init(&world);
                result.event = world.machine.event;

                assert_int_equal(survey_task_new(&world.machine, &blocks, settle, on_survey, &result, &task),
                                 0);
                assert_true(sd_event_loop(world.machine.event) >= 0);
                assert_int_equal(result.error, 0);
                assert_int_equal(result.survey.source, SURVEY_KPAGEFLAGS);
                while (survey_next_block(&block))
                        assert_int_equal(block.block, n++);
                assert_int_equal(n, 3);
                survey_clear(&result.survey);
                task = survey_task_free(task);
                world_clear(&world);
        }
}

/* Whoever waits may go at any time: nothing is left behind, which the sanitizer sees. */
static void test_given_up(void **state)
{
        struct block_set blocks = all_blocks();

        (void) state;

        for (int turns = 0; turns < 8; turns++) {
                struct why_task *why;
                struct offline_planner *planner;
                struct result result;
                struct world world;

                world_init(&world);
                result = (struct result){ .event = world.machine.event };
                assert_int_equal(
                        why_task_new(&world.machine, &blocks, WHY_MAPPING_USEC, on_report, &result, &why),
                        0);
                assert_int_equal(offline_planner_new(&world.machine, &blocks, NULL, &OFFLINE_OPTIONS_NONE,
                                                     on_plan, &result, &planner),
                                 0);
                for (int i = 0; i < turns && sd_event_get_state(world.machine.event) != SD_EVENT_FINISHED;
                     i++)
                        assert_true(sd_event_run(world.machine.event, 0) >= 0);
                why_task_free(why);
                offline_planner_free(planner);
                free(result.message);
                why_report_clear(&result.report);
                offline_plan_clear(&result.plan);
                world_clear(&world);
        }
}

static struct offline_plan run_planner(const struct block_set *blocks, bool force, bool counted)
{
        const struct offline_options options = { .force = force, .to_node = NODE_NONE };
        struct offline_planner *planner;
        struct result result;
        struct world world;

        world_init(&world);
        if (!counted)
                tree_unlink(world.root, "proc/kpageflags");
        result = (struct result){ .event = world.machine.event };
        assert_int_equal(
                offline_planner_new(&world.machine, blocks, NULL, &options, on_plan, &result, &planner), 0);
        assert_true(sd_event_loop(world.machine.event) >= 0);
        assert_int_equal(result.error, 0);
        offline_planner_free(planner);
        world_clear(&world);
        return result.plan;
}

static void test_offline_planner(void **state)
{
        struct block_set blocks = all_blocks();
        struct offline_plan plan;

        (void) state;

        /* slab certainly stays; what is nobody's may move, and does not refuse */
        plan = run_planner(&blocks, false, true);
        assert_true(plan.refused);
        assert_int_equal(plan.reasons.n_items, 1);
        assert_int_equal(plan.reasons.items[0].code, REASON_UNMOVABLE);
        assert_int_equal(plan.reasons.items[0].block, 1);
        assert_int_equal(plan.reasons.items[0].pages, 10);
        assert_string_equal(plan.reasons.items[0].text, "slab");
        assert_false(plan.reasons.items[0].searched);
        offline_plan_clear(&plan);

        plan = run_planner(&blocks, true, true);
        assert_false(plan.refused);
        assert_int_equal(plan.n_steps, 3);
        assert_true(plan.usage_known);
        assert_int_equal(plan.steps[0].block, 0);
        assert_int_equal(plan.steps[0].pages_in_use, 0);
        assert_int_equal(plan.steps[1].pages_in_use, PAGES - 8);
        assert_int_equal(plan.steps[2].pages_in_use, PAGES);
        offline_plan_clear(&plan);

        /* nobody can be asked: not known, and not none */
        plan = run_planner(&blocks, false, false);
        assert_false(plan.refused);
        assert_false(plan.usage_known);
        offline_plan_clear(&plan);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_why),      cmocka_unit_test(test_why_of_offline_blocks),
                cmocka_unit_test(test_survey),   cmocka_unit_test(test_why_without_a_source),
                cmocka_unit_test(test_given_up), cmocka_unit_test(test_offline_planner),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
