/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of offlining when somebody wants its end late, or others are in its way. Each case in many
 * worlds. */
#include "daemon/operation/offline/eject.h"
#include "daemon/operation/offline/work.h"
#include "operation_world/world.h"
#include "tree.h"

#include <string.h>

#define WORLDS 50U
#define SECOND UINT64_C(1000000)

static uint32_t numbers[WORLD_BLOCKS];
static const struct block_set blocks = { .numbers = numbers, .n_numbers = WORLD_BLOCKS };

static void on_change(void *userdata, struct job *job)
{
        (void) userdata, (void) job;
}

static struct operation_request a_request(uint32_t seed)
{
        world_reset(seed);
        world.plan_fences = false;
        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                numbers[i] = WORLD_FIRST + (uint32_t) i;
        return (struct operation_request){
                .verb = JOB_DIMM_OFFLINE,
                .target = "PNP0C80:00",
                .blocks = &blocks,
                .dimm = "PNP0C80:00",
                .options = OFFLINE_OPTIONS_NONE,
        };
}

static struct job *start(const struct operation_request *request)
{
        struct job_request asked = {
                .operation = &offline_operation,
                .name = job_verb_name(request->verb),
                .target = request->target,
                .timeout_usec = request->timeout_usec,
        };
        struct job *job;

        assert_int_equal(offline_new(&world.machine, request, NULL, false, &asked.work), 0);
        assert_int_equal(job_new(&world.machine, 1, &asked, on_change, NULL, &job), 0);
        assert_int_equal(job_start(job), 0);
        return job;
}

static void go_until_blocks(const struct job *job, size_t n)
{
        while (job->state != JOB_FINISHED && job->progress.blocks_done < n)
                assert_true(world_step());
}

static void go_to_the_end(const struct job *job)
{
        while (job->state != JOB_FINISHED)
                assert_true(world_step());
}

static size_t count(enum world_block_state state)
{
        size_t n = 0;

        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                n += world.blocks[i].state == state;
        return n;
}

static bool has_reason(const struct job *job, enum reason_code code)
{
        for (size_t i = 0; i < job->reasons.n_items; i++)
                if (job->reasons.items[i].code == code)
                        return true;
        return false;
}

/* Memory has run out: who needs some is not to wait for ten seconds, after which the kernel kills him. */
static void test_no_room(void **state)
{
        uint64_t least = UINT64_MAX;

        (void) state;

        for (uint32_t seed = 0; seed < WORLDS; seed++) {
                const struct operation_request request = a_request(seed);
                uint64_t began;
                struct job *job;

                world.blocks[WORLD_BLOCKS - 1].offline = FATE_STUCK;
                world.short_of_memory = true;
                job = start(&request);
                go_until_blocks(job, WORLD_BLOCKS - 1);
                began = world.now;
                while (job->state != JOB_ROLLING_BACK)
                        assert_true(world_step());
                if (world.now - began < least) /* a worker that is ended may take its time */
                        least = world.now - began;
                go_to_the_end(job);
                assert_int_equal(job->result, JOB_RESULT_FAILED);
                assert_true(has_reason(job, REASON_NOT_ENOUGH_MEMORY));
                assert_int_equal(count(WORLD_ONLINE), WORLD_BLOCKS);
                job_free(job);
        }
        assert_in_range(least, 3 * SECOND, 6 * SECOND);
}

/* At a time-out what went is kept, where that was asked; at a cancel it is not, even if that comes just
 * behind it. */
static void test_a_cancel_behind_a_time_out(void **state)
{
        (void) state;

        for (uint32_t seed = 0; seed < WORLDS; seed++) {
                struct operation_request request = a_request(seed);
                struct job *job;

                request.options.partial = true;
                request.timeout_usec = 60 * SECOND;
                world.blocks[WORLD_BLOCKS - 1].offline = FATE_CONTENDED;
                job = start(&request);
                go_until_blocks(job, WORLD_BLOCKS - 1);
                while (!job->timeout || world.now < 59 * SECOND)
                        assert_true(world_step());
                while (job->timeout) /* until it has come */
                        assert_true(world_step());
                if (job->state != JOB_FINISHED) {
                        job_stop(job, JOB_RESULT_CANCELLED);
                        go_to_the_end(job);
                        assert_int_equal(job->result, JOB_RESULT_CANCELLED);
                        assert_int_equal(count(WORLD_ONLINE), WORLD_BLOCKS);
                }
                job_free(job);
        }
}

static void test_a_time_out_keeps_what_went(void **state)
{
        (void) state;

        for (uint32_t seed = 0; seed < WORLDS; seed++) {
                struct operation_request request = a_request(seed);
                struct job *job;

                request.options.partial = true;
                request.timeout_usec = 60 * SECOND;
                world.blocks[WORLD_BLOCKS - 1].offline = FATE_CONTENDED;
                job = start(&request);
                go_to_the_end(job);
                assert_int_equal(job->result, JOB_RESULT_PARTIAL);
                assert_int_equal(count(WORLD_OFFLINE), WORLD_BLOCKS - 1);
                job_free(job);
        }
}

/* There is no way back until the firmware answers, or does not; then the cancel counts. */
static void test_a_cancel_while_ejecting(void **state)
{
        (void) state;

        for (uint32_t seed = 0; seed < WORLDS; seed++) {
                struct operation_request request = a_request(seed);
                struct job *job;

                request.eject = true;
                world.eject_takes = seed % 2 == 0;
                job = start(&request);
                while (job->stage != STAGE_EJECTING)
                        assert_true(world_step());
                job_stop(job, JOB_RESULT_CANCELLED);
                go_to_the_end(job);
                if (world.eject_takes) {
                        assert_int_equal(job->result, JOB_RESULT_DONE);
                        assert_true(job->ejected);
                        assert_int_equal(count(WORLD_GONE), WORLD_BLOCKS);
                } else {
                        assert_int_equal(job->result, JOB_RESULT_CANCELLED);
                        assert_false(job->ejected);
                        assert_true(has_reason(job, REASON_EJECT_FAILED));
                        assert_int_equal(count(WORLD_ONLINE), WORLD_BLOCKS);
                }
                job_free(job);
        }
}

/* The verb says it: no option has to. */
static void test_to_eject_is_to_eject(void **state)
{
        struct operation_request request = a_request(0);
        struct job *job;

        (void) state;

        request.verb = JOB_DIMM_EJECT;
        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.blocks[i].state = WORLD_OFFLINE;
        job = start(&request);
        go_to_the_end(job);
        assert_int_equal(job->result, JOB_RESULT_DONE);
        assert_true(job->ejected);
        assert_int_equal(count(WORLD_GONE), WORLD_BLOCKS);
        job_free(job);
}

/* A large DIMM takes its time: it is waited for as long as blocks go. */
static void test_a_slow_eject(void **state)
{
        struct operation_request request = a_request(0);
        uint64_t began;
        struct job *job;

        (void) state;

        request.eject = true;
        world.eject_takes = false;
        job = start(&request);
        while (job->stage != STAGE_EJECTING)
                assert_true(world_step());
        began = world.now;
        for (size_t i = 0; i < WORLD_BLOCKS; i++) {
                while (world.now < began + (i + 1) * (EJECT_WAIT_USEC - SECOND))
                        assert_true(world_step());
                assert_int_equal(job->state, JOB_RUNNING);
                world.blocks[i].state = WORLD_GONE;
        }
        go_to_the_end(job);
        assert_int_equal(job->result, JOB_RESULT_DONE);
        job_free(job);
}

/* It began, and did not come to its end: who asked is told how far it got, and what is there comes back. */
static void test_an_eject_that_stops_half_way(void **state)
{
        struct operation_request request = a_request(0);
        struct job *job;
        bool said = false;

        (void) state;

        request.eject = true;
        world.eject_takes = false;
        job = start(&request);
        while (job->stage != STAGE_EJECTING)
                assert_true(world_step());
        for (uint64_t asked = world.now + SECOND; world.now < asked;)
                assert_true(world_step());
        world.blocks[0].state = WORLD_GONE;
        go_to_the_end(job);
        assert_int_equal(job->result, JOB_RESULT_FAILED);
        assert_int_equal(count(WORLD_ONLINE), WORLD_BLOCKS - 1);
        for (size_t i = 0; i < job->reasons.n_items; i++)
                said |= job->reasons.items[i].text &&
                        strstr(job->reasons.items[i].text, "1 of the DIMM's 5 blocks");
        assert_true(said);
        job_free(job);
}

/* Others' writes take the kernel's lock for ever: the way back ends within minutes, whatever is left is
 * named. */
static void test_a_way_back_behind_others(void **state)
{
        (void) state;

        for (uint32_t seed = 0; seed < WORLDS; seed++) {
                struct operation_request request = a_request(seed);
                size_t named = 0;
                uint64_t began;
                struct job *job;

                for (size_t i = 0; i < WORLD_BLOCKS; i++)
                        world.blocks[i].online = FATE_CONTENDED;
                world.blocks[WORLD_BLOCKS - 1].offline = FATE_CONTENDED;
                job = start(&request);
                go_until_blocks(job, WORLD_BLOCKS - 1);
                job_stop(job, JOB_RESULT_CANCELLED);
                began = world.now;
                /* one of them is free again later: the last try finds it so */
                while (job->state != JOB_ROLLING_BACK || world.now < began + 30 * SECOND)
                        assert_true(world_step());
                world.blocks[0].online = FATE_DONE;
                go_to_the_end(job);
                assert_true(world.now < began + 180 * SECOND);
                assert_int_equal(job->result, JOB_RESULT_CANCELLED);
                for (size_t i = 0; i < job->reasons.n_items; i++)
                        named += job->reasons.items[i].code == REASON_ROLL_BACK_FAILED;
                assert_int_equal(named, count(WORLD_OFFLINE));
                assert_int_equal(world.blocks[0].state, WORLD_ONLINE);
                job_free(job);
        }
}

/* As agents and udev rules do. It is said, and the block is back where it was; or named, where somebody is
 * always faster. */
static void test_a_block_that_somebody_brings_back(void **state)
{
        (void) state;

        for (uint32_t seed = 0; seed < WORLDS; seed++) {
                struct operation_request request = a_request(seed);
                bool always = seed % 2;
                struct job *job;

                world.undone = always ? UINT32_MAX : 1;
                job = start(&request);
                go_to_the_end(job);
                assert_int_equal(job->result, JOB_RESULT_FAILED);
                assert_int_equal(job->reasons.items[0].code, REASON_BLOCK_CHANGED);
                assert_int_equal(count(WORLD_ONLINE), WORLD_BLOCKS);
                assert_int_equal(world.blocks[0].zone, always ? ZONE_NORMAL : ZONE_MOVABLE);
                assert_true(has_reason(job, REASON_ROLL_BACK_FAILED) == always);
                job_free(job);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_no_room),
                cmocka_unit_test(test_a_cancel_behind_a_time_out),
                cmocka_unit_test(test_a_time_out_keeps_what_went),
                cmocka_unit_test(test_a_cancel_while_ejecting),
                cmocka_unit_test(test_to_eject_is_to_eject),
                cmocka_unit_test(test_a_slow_eject),
                cmocka_unit_test(test_a_block_that_somebody_brings_back),
                cmocka_unit_test(test_an_eject_that_stops_half_way),
                cmocka_unit_test(test_a_way_back_behind_others),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
