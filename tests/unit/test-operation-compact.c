/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compactions walk through their table: slices that gain nothing, lose what was there, fail or cannot begin,
 * cancels and time-outs at any moment. It ends, says what it has come to, and leaves nothing running. And
 * each row of the table was taken.
 */
#include "daemon/job/registry.h"
#include "daemon/operation/compact/compact.h"
#include "daemon/operation/compact/work.h"
#include "operation_world/world.h"
#include "tree.h"

#include <stdlib.h>

#define WALKS     20000U
#define STEPS_MAX 1000U

static unsigned int taken[_COMPACT_STATE_MAX][_COMPACT_EVENT_MAX];

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

static void check(const struct job *job, const struct operation_request *request, bool stopped)
{
        uint64_t before = job->figures[FIGURE_BLOCKS_BEFORE], after = job->figures[FIGURE_BLOCKS_AFTER];
        bool looked = before != JOB_FIGURE_NONE;

        assert_int_equal(looked, after != JOB_FIGURE_NONE);
        switch (job->result) {
        case JOB_RESULT_DONE:
                assert_true(looked && (request->compact.until == 0 || after >= request->compact.until));
                assert_int_equal(job->figures[FIGURE_ORDER],
                                 request->compact.order < 0 ? 9 : request->compact.order);
                break;
        case JOB_RESULT_PARTIAL:
                assert_true(after > before && after < request->compact.until);
                break;
        case JOB_RESULT_REFUSED:
                assert_true(!looked && job->reasons.n_items > 0);
                break;
        case JOB_RESULT_FAILED:
                assert_true(job->reasons.n_items > 0 || (request->compact.until > after && after <= before));
                break;
        case JOB_RESULT_CANCELLED:
                assert_true(stopped);
                break;
        default:
                assert_int_equal(job->result, JOB_RESULT_TIMEOUT);
                assert_true(request->timeout_usec > 0);
        }
}

static void walk_once(uint32_t seed)
{
        struct memory_block blocks[] = {
                { .number = 32, .state = BLOCK_ONLINE, .node = 0 },
                { .number = 33, .state = BLOCK_OFFLINE, .node = 0 },
                { .number = 34, .state = BLOCK_ONLINE, .node = 1 },
        };
        struct snapshot snapshot = { .block_size = UINT64_C(128) << 20, .blocks = blocks, .n_blocks = 3 };
        struct operation_request request = { .verb = JOB_COMPACT, .compact = COMPACT_OPTIONS_NONE };
        const struct registry_claim claim = { .mode = CLAIM_SHARED };
        struct job_request job_request = { .operation = &compact_operation,
                                           .name = "compact",
                                           .target = "memory" };
        _cleanup_free_ char *message = NULL;
        struct registry *registry = NULL;
        struct job *job = NULL;
        uint32_t stops, steps = 0;
        bool stopped = false, ends;

        world_reset(seed);
        world_draw();
        world.snapshot = &snapshot;
        world.free_pieces = world_random(30);
        world.slices_fail = world_random(3) == 0;
        stops = world_random(3) == 0 ? 4 : 0;
        ends = world_random(10) > 0; /* else memctld does, before it */
        request.compact.order = (int) world_random(4) == 0 ? (int) world_random(11) : -1;
        request.compact.until = world_random(2) == 0 ? 1 + world_random(60) : 0;
        request.compact.node = world_random(2) == 0 ? 0 : -1;
        job_request.timeout_usec = request.timeout_usec =
                world_random(4) == 0 ? 1 + world_random(4000000) : 0;

        assert_int_equal(compact_new(&world.machine, &request, NULL, false, &job_request.work), 0);
        assert_int_equal(registry_new(&world.machine, on_change, NULL, &registry), 0);
        assert_int_equal(registry_start(registry, &job_request, &claim, &job, &message), 0);
        while (job->state != JOB_FINISHED && (ends || steps < 3)) {
                assert_true(steps++ < STEPS_MAX);
                if (stops > 0 && world_random(stops) == 0) {
                        stopped = true;
                        job_stop(job, JOB_RESULT_CANCELLED);
                } else
                        assert_true(world_step());
        }
        if (job->state == JOB_FINISHED) {
                check(job, &request, stopped);
                job_notify(job); /* its end counts once */
                for (enum job_verb verb = 0; verb < _JOB_VERB_MAX; verb++)
                        for (enum job_result result = 0; result < _JOB_RESULT_MAX; result++)
                                assert_int_equal(registry_count_ended(registry, verb, result),
                                                 verb == JOB_COMPACT && result == job->result);
                assert_int_equal(world.slices + world.surveys, 0);
        }
        registry_free(registry);
        assert_int_equal(world.slices + world.surveys, 0);
        assert_int_equal(world.timers, 0);
}

static void test_walks(void **state)
{
        (void) state;

        course_witness = witness;
        for (uint32_t seed = 0; seed < WALKS; seed++)
                walk_once(seed);
}

static void test_each_row_was_taken(void **state)
{
        size_t missing = 0;

        (void) state;

        for (size_t i = 0; i < compact_course.n_rows; i++) {
                const struct course_row *row = &compact_course.rows[i];

                if (taken[row->state][row->event] > 0)
                        continue;
                missing++;
                print_message("never: \"%s\" while %s\n", compact_course.events[row->event],
                              compact_course.states[row->state].name);
        }
        assert_int_equal(missing, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_walks),
                cmocka_unit_test(test_each_row_was_taken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
