/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge pages for pools walk through their table: too few pieces, writes that bring fewer than asked for, get
 * stuck, fail or cannot begin, others who change the pools, cancels and time-outs at any moment, and a
 * memctld that died in it. It ends, says what it has come to, leaves nothing running, and where nobody else
 * was at the pools, they are as they were or have what it says. And each row of the table was taken.
 */
#include "daemon/job/registry.h"
#include "daemon/operation/hugepages/hugepages.h"
#include "daemon/operation/hugepages/work.h"
#include "operation_world/world.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#define WALKS     40000U
#define STEPS_MAX 2000U

static unsigned int taken[_HUGEPAGES_STATE_MAX][_HUGEPAGES_EVENT_MAX];

static void witness(const struct course_table *table, int state, int event, int next)
{
        taken[state][event]++;
        if (next == COURSE_NO_ROW)
                fail_msg("no row for \"%s\" while %s", table->events[event], table->states[state].name);
}

static void on_change(void *userdata, struct job *job, bool is_new, bool is_gone)
{
        (void) userdata, (void) job, (void) is_new, (void) is_gone;
}

static bool has_reason(const struct job *job, enum reason_code code)
{
        for (size_t i = 0; i < job->reasons.n_items; i++)
                if (job->reasons.items[i].code == code)
                        return true;
        return false;
}

static void check(const struct job *job, const struct operation_request *request, bool stopped,
                  const struct world_pool *before)
{
        bool looked = job->figures[FIGURE_ADDED] != JOB_FIGURE_NONE;
        uint64_t added = looked ? job->figures[FIGURE_ADDED] : 0, count = request->hugepages.count;
        bool gave_up = has_reason(job, REASON_ROLL_BACK_FAILED);
        int64_t more = 0;

        for (size_t i = 0; i < WORLD_POOLS; i++) {
                int64_t here = (int64_t) world.pools[i].persistent - (int64_t) before[i].persistent;

                if (request->hugepages.node >= 0 && request->hugepages.node != (int) i &&
                    !world.pools_change)
                        assert_int_equal(here, 0);
                /* each has what it had, not only all together */
                if (added == 0 && !world.pools_change && !world.pools_fail)
                        assert_int_equal(here, 0);
                more += here;
        }
        if (!world.pools_change && !world.pools_fail)
                assert_int_equal(more, added);
        switch (job->result) {
        case JOB_RESULT_DONE:
                assert_int_equal(added, count);
                /* of the writes, too */
                assert_in_range(job->figures[FIGURE_CPU_USEC], 1000, JOB_FIGURE_NONE - 1);
                break;
        case JOB_RESULT_PARTIAL:
                assert_true(request->options.partial && added > 0 && added < count);
                assert_true(job->reasons.n_items > 0);
                return;
        case JOB_RESULT_REFUSED:
                assert_true(added == 0 && has_reason(job, REASON_NOT_ENOUGH_MEMORY));
                assert_true(world.huge_room < count);
                break;
        case JOB_RESULT_FAILED:
                assert_true(job->reasons.n_items > 0);
                assert_true(added == 0 || gave_up);
                break;
        case JOB_RESULT_CANCELLED:
                assert_true(stopped);
                assert_true(added == 0 || gave_up);
                break;
        default:
                assert_int_equal(job->result, JOB_RESULT_TIMEOUT);
                assert_true(request->timeout_usec > 0 &&
                            !(request->options.partial && added > 0 && !gave_up));
                assert_true(added == 0 || gave_up);
        }
}

static struct memory_block blocks[] = {
        { .number = 32, .state = BLOCK_ONLINE, .node = 0 },
        { .number = 33, .state = BLOCK_OFFLINE, .node = 0 },
};

static void draw(uint32_t seed)
{
        static struct snapshot snapshot = { .block_size = UINT64_C(128) << 20,
                                            .blocks = blocks,
                                            .n_blocks = ELEMENTSOF(blocks) };

        world_reset(seed);
        world_draw();
        world.snapshot = &snapshot;
        world.free_pieces = world_random(30);
        world.slices_fail = world_random(3) == 0;
        world.gigantic = world_random(4) == 0;
        world.pools_change = world_random(3) == 0;
        world.pools_fail = world_random(3) == 0;
        if (!world.pools_fail) { /* what is put back is put back */
                world.few_processes = false;
                world.mark_error = 0;
        }
        world.huge_room = world_random(5) == 0 ? world_random(200) : 100000;
        for (size_t i = 0; i < WORLD_POOLS; i++)
                world.pools[i] = (struct world_pool){
                        .persistent = world_random(50),
                        .surplus = world_random(3),
                        .pieces = world_random(world_random(2) == 0 ? 8 : 300),
                };
}

/* Until it is over, or the daemon is; true: the former. */
static bool run(struct job *job, uint32_t stops, bool ends, bool *stopped)
{
        uint32_t steps = 0, most = ends ? STEPS_MAX : world_random(40);

        while (job->state != JOB_FINISHED) {
                if (!ends && steps >= most)
                        return false;
                assert_true(steps++ < STEPS_MAX);
                if (stops > 0 && world_random(stops) == 0) {
                        *stopped = true;
                        job_stop(job, JOB_RESULT_CANCELLED);
                } else
                        assert_true(world_step());
        }
        return true;
}

static void walk(uint32_t seed, bool recovers)
{
        struct operation_request request = { .verb = JOB_HUGEPAGES, .options = OFFLINE_OPTIONS_NONE };
        const struct registry_claim claim = { .mode = CLAIM_SHARED };
        struct job_request job_request = { .operation = &hugepages_operation,
                                           .name = "hugepages-reserve",
                                           .target = "some",
                                           .recovered = recovers };
        _cleanup_free_ char *message = NULL;
        struct world_pool before[WORLD_POOLS];
        struct registry *registry = NULL;
        struct journal_found found = { 0 };
        struct job *job = NULL;
        bool stopped = false, ends;
        uint32_t stops;

        draw(seed);
        memcpy(before, world.pools, sizeof(before));
        stops = world_random(3) == 0 ? 2 + world_random(20) : 0;
        ends = world_random(10) > 0;
        request.hugepages = (struct hugepages_wish){
                .count = recovers ? 0 : 1 + world_random(200),
                .size = WORLD_HUGE_SIZE,
                .node = !recovers && world_random(2) == 0 ? (int) world_random(WORLD_POOLS) : -1,
        };
        request.options.partial = world_random(3) == 0;
        job_request.timeout_usec = request.timeout_usec =
                world_random(4) == 0 ? 1 + world_random(8000000) : 0;
        if (recovers)
                found = world_found_pools();

        assert_int_equal(
                hugepages_new(&world.machine, &request, recovers ? &found : NULL, false, &job_request.work),
                0);
        assert_int_equal(registry_new(&world.machine, on_change, NULL, &registry), 0);
        assert_int_equal(registry_start(registry, &job_request, &claim, &job, &message), 0);
        if (run(job, stops, ends, &stopped)) {
                check(job, &request, stopped, before);
                assert_int_equal(world.slices + world.surveys + world.workers + world.journals, 0);
                assert_int_equal(world.journals_left, 0);
        }
        registry_free(registry);
        assert_int_equal(world.slices + world.surveys + world.workers + world.journals, 0);
        assert_int_equal(world.timers, 0);
}

static void test_walks(void **state)
{
        (void) state;

        course_witness = witness;
        for (uint32_t seed = 0; seed < WALKS; seed++)
                walk(seed, false);
}

static void test_walks_after_a_death(void **state)
{
        (void) state;

        course_witness = witness;
        for (uint32_t seed = 0; seed < WALKS / 4; seed++)
                walk(seed, true);
}

static void test_each_row_was_taken(void **state)
{
        size_t missing = 0;

        (void) state;

        for (size_t i = 0; i < hugepages_course.n_rows; i++) {
                const struct course_row *row = &hugepages_course.rows[i];

                if (taken[row->state][row->event] > 0)
                        continue;
                missing++;
                print_message("never: \"%s\" while %s\n", hugepages_course.events[row->event],
                              hugepages_course.states[row->state].name);
        }
        assert_int_equal(missing, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_walks),
                cmocka_unit_test(test_walks_after_a_death),
                cmocka_unit_test(test_each_row_was_taken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
