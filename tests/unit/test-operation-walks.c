/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations walk through their tables 100,000 times, each time in another world: writes that stick, workers
 * that die, fences that fall, journals that cannot be written, others who change blocks, cancels and
 * time-outs at any moment. However it goes, it ends; what went is back, or is named; nothing is left running
 * or held. And each row of each table was taken.
 *
 *   test-operation-walks [SEED]    that one walk, with all its events
 */
#include "daemon/job/course.h"
#include "daemon/job/registry.h"
#include "daemon/operation/offline/work.h"
#include "daemon/operation/online/work.h"
#include "operation_world/world.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>

#define WALKS 100000U

/* Timers that come in one walk before somebody cancels it, and after that: it is to end by itself, then. */
#define STEPS_MAX 20000U

static bool verbose;
static uint32_t at_seed;
static unsigned int taken[2][32][32]; /* by table, state, event */
static const struct course_table *tables[2];

static void witness(const struct course_table *table, int state, int event, int next)
{
        size_t which = tables[0] == NULL || tables[0] == table ? 0 : 1;

        tables[which] = table;
        taken[which][state][event]++;
        if (verbose)
                (void) fprintf(stderr, "%10.3f s  %s: %s -> %s\n", (double) world.now / 1e6,
                               table->states[state].name, table->events[event],
                               next >= 0 ? table->states[next].name : "stays");
        if (next == COURSE_NO_ROW)
                fail_msg("no row for \"%s\" while %s", table->events[event], table->states[state].name);
}

struct walk {
        struct operation_request request;
        uint32_t numbers[WORLD_BLOCKS];
        struct block_set blocks;
        bool recovers;
        size_t n_begun; /* by the memctld that died */
        struct registry *registry;
        struct job *job;
        bool stopped;
};

static void on_change(void *userdata, struct job *job, bool is_new, bool is_gone)
{
        (void) userdata, (void) job, (void) is_new, (void) is_gone;
}

static enum job_verb draw_verb(void)
{
        static const enum job_verb verbs[] = { JOB_BLOCK_OFFLINE, JOB_DIMM_OFFLINE, JOB_DIMM_OFFLINE,
                                               JOB_DIMM_EJECT, JOB_BLOCK_ONLINE };

        return verbs[world_random(5)];
}

static void draw_request(struct walk *walk)
{
        walk->request = (struct operation_request){
                .verb = draw_verb(),
                .target = "some",
                .blocks = &walk->blocks,
                .dimm = "PNP0C80:00",
                .options = OFFLINE_OPTIONS_NONE,
                .timeout_usec = world_random(4) == 0 ? 1 + world_random(120000000) : 0,
        };
        walk->request.eject = walk->request.verb == JOB_DIMM_EJECT ||
                              (walk->request.verb == JOB_DIMM_OFFLINE && world_random(2) == 0);
        walk->request.options.partial = world_random(3) == 0;
        walk->request.options.stuck = (enum stuck_mode) world_random(_STUCK_MODE_MAX);
        walk->request.options.rate = world_random(4) == 0 ? RATE_MIN_BYTES : 0;
        for (size_t i = 0; i < WORLD_BLOCKS; i++) {
                walk->numbers[i] = WORLD_FIRST + (uint32_t) i;
                if (!job_verb_is_offline(walk->request.verb)) /* to be ejected, or brought online */
                        world.blocks[i].state = world_random(20) == 0 ? WORLD_ONLINE : WORLD_OFFLINE;
        }
        walk->blocks = (struct block_set){ .numbers = walk->numbers, .n_numbers = WORLD_BLOCKS };
}

/* A memctld died in it: what was begun may have come to its end. */
static struct journal_found draw_found(struct walk *walk)
{
        bool offline = job_verb_is_offline(walk->request.verb);
        size_t n = walk->request.verb == JOB_DIMM_EJECT ? 0 : world_random(WORLD_BLOCKS + 1);
        struct journal_found found = world_found(walk->request.verb, n);

        walk->n_begun = n;
        for (size_t i = 0; i < n; i++) {
                world.before[i] = offline ? WORLD_ONLINE : WORLD_OFFLINE;
                world.blocks[i].state = (world_random(4) == 0) == offline ? WORLD_ONLINE : WORLD_OFFLINE;
        }
        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.found[i] = world.blocks[i].state;
        found.rolling_back = world_random(4) == 0;
        found.ejecting = walk->request.eject && world_random(2) == 0;
        found.asked = found.ejecting && world_random(2) == 0;
        return found;
}

static void begin(struct walk *walk)
{
        const struct pfn_range range = { 0, UINT64_MAX };
        const struct registry_claim claim = { .mode = CLAIM_EXCLUSIVE, .ranges = &range, .n_ranges = 1 };
        bool online = job_verb_is_online(walk->request.verb);
        struct job_request job = {
                .operation = online ? &online_operation : &offline_operation,
                .name = job_verb_name(walk->request.verb),
                .target = "some",
                .timeout_usec = walk->request.timeout_usec,
        };
        struct journal_found found = { 0 };
        _cleanup_free_ char *message = NULL;

        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.before[i] = world.blocks[i].state;
        if (walk->recovers) {
                found = draw_found(walk);
                job.recovered = true;
        }
        assert_int_equal((online ? online_new : offline_new)(&world.machine, &walk->request,
                                                             walk->recovers ? &found : NULL,
                                                             world_random(2) == 0, &job.work),
                         0);
        journal_found_clear(&found);
        assert_int_equal(registry_new(&world.machine, on_change, NULL, &walk->registry), 0);
        assert_int_equal(registry_start(walk->registry, &job, &claim, &walk->job, &message), 0);
}

/* Somebody else brings a block online, takes it offline, or pulls it. */
static void meddle(void)
{
        struct world_block *block = &world.blocks[world_random(WORLD_BLOCKS)];

        if (block->state == WORLD_GONE)
                return;
        block->touched = true;
        if (world_random(4) == 0)
                block->state = WORLD_GONE;
        else if (block->state != WORLD_GOING)
                block->state = block->state == WORLD_ONLINE ? WORLD_OFFLINE : WORLD_ONLINE;
}

/* Until it is finished; or, where that is drawn, until memctld ends. */
static bool go(struct walk *walk)
{
        uint32_t stops = world_random(3) == 0 ? 40 : 0, meddles = world_random(4) == 0 ? 30 : 0;
        uint32_t dies_in = world_random(10) == 0 ? world_random(40) : UINT32_MAX;

        for (uint32_t n = 0; walk->job->state != JOB_FINISHED; n++) {
                if (n == dies_in)
                        return false;
                if (n >= STEPS_MAX)
                        fail_msg("it does not end");
                /* who waits for a block that never gets free is ended by somebody */
                if (n == STEPS_MAX / 2 || (stops && world_random(stops) == 0)) {
                        walk->stopped = true;
                        job_stop(walk->job, JOB_RESULT_CANCELLED);
                } else if (meddles && world_random(meddles) == 0)
                        meddle();
                else
                        assert_true(world_step());
        }
        return true;
}

static size_t count_reasons(const struct job *job, uint32_t block, enum reason_code code)
{
        size_t n = 0;

        for (size_t i = 0; i < job->reasons.n_items; i++)
                n += job->reasons.items[i].code == code && job->reasons.items[i].block == block;
        return n;
}

static size_t count_named(const struct job *job, uint32_t block)
{
        return count_reasons(job, block, REASON_ROLL_BACK_FAILED);
}

/* It came back to its zone, or whose fault it is that it did not is said. */
static bool zone_is_right(const struct walk *walk, size_t i)
{
        const struct world_block *block = &world.blocks[i];

        return world.before[i] != WORLD_ONLINE || block->state != WORLD_ONLINE ||
               block->zone == ZONE_MOVABLE || count_named(walk->job, walk->numbers[i]) > 0 ||
               (walk->request.options.partial &&
                count_reasons(walk->job, walk->numbers[i], REASON_BLOCK_CHANGED) > 0);
}

static void check_blocks(const struct walk *walk)
{
        enum world_block_state wanted =
                job_verb_is_online(walk->request.verb) ? WORLD_ONLINE : WORLD_OFFLINE;
        enum job_result result = walk->job->result;

        for (size_t i = 0; i < WORLD_BLOCKS; i++) {
                const struct world_block *block = &world.blocks[i];

                if (block->touched || block->state == WORLD_GONE || result == JOB_RESULT_PARTIAL)
                        continue;
                if (walk->recovers && block->identity > WORLD_BLOCKS) {
                        /* other memory is there, which is named; going on may take it, and then put it back,
                         * or not */
                        assert_true(result == JOB_RESULT_DONE || block->state == world.found[i] ||
                                    count_named(walk->job, walk->numbers[i]) > (i < walk->n_begun));
                        continue;
                }
                if (result == JOB_RESULT_DONE)
                        assert_true(walk->recovers || block->state == wanted);
                else if (block->state != world.before[i])
                        assert_true(count_named(walk->job, walk->numbers[i]) > 0);
                assert_true(zone_is_right(walk, i));
        }
}

static void check_result(const struct walk *walk)
{
        switch (walk->job->result) {
        case JOB_RESULT_CANCELLED:
                assert_true(walk->stopped);
                break;
        case JOB_RESULT_TIMEOUT:
                assert_true(walk->request.timeout_usec > 0);
                break;
        case JOB_RESULT_PARTIAL:
                assert_true(walk->request.options.partial);
                break;
        case JOB_RESULT_REFUSED:
        case JOB_RESULT_FAILED:
                assert_true(walk->job->reasons.n_items > 0 || walk->job->n_records > 0);
                break;
        default:
                assert_int_equal(walk->job->result, JOB_RESULT_DONE);
        }
}

static void check_nothing_left(void)
{
        assert_int_equal(world.busy_workers, 0);
        assert_int_equal(world.leases, 0);
        assert_int_equal(world.watches, 0);
        assert_int_equal(world.planners, 0);
        assert_int_equal(world.whys, 0);
        assert_int_equal(world.cgroups, 0);
        assert_int_equal(world.journals, 0);
        assert_null(world.machine.turns.first);
}

static void walk_once(uint32_t seed)
{
        struct walk walk = { 0 };
        bool ended;

        world_reset(seed);
        world_draw();
        draw_request(&walk);
        walk.recovers = world_random(5) == 0;
        begin(&walk);
        ended = go(&walk);
        if (ended) {
                check_blocks(&walk);
                check_result(&walk);
                check_nothing_left();
                assert_int_equal(world.workers, 0);
                assert_int_equal(world.journals_left, 0);
                assert_false(
                        registry_is_claimed(walk.registry, CLAIM_EXCLUSIVE, (struct pfn_range){ 0, 1 }));
        } else
                assert_true(registry_is_claimed(walk.registry, CLAIM_EXCLUSIVE, (struct pfn_range){ 0, 1 }));
        registry_free(walk.registry);
        check_nothing_left();
        assert_int_equal(world.workers, 0);
        while (world_step()) /* what the firmware takes */
                ;
        assert_int_equal(world.timers, 0);
}

static void test_walks(void **state)
{
        (void) state;

        course_witness = witness;
        for (at_seed = 0; at_seed < WALKS; at_seed++)
                walk_once(at_seed);
}

static int say_seed(void **state)
{
        (void) state;

        if (at_seed < WALKS)
                print_message("see it again: test-operation-walks %u\n", at_seed);
        return 0;
}

static void test_each_row_was_taken(void **state)
{
        size_t missing = 0;

        (void) state;

        for (size_t t = 0; t < 2; t++) {
                assert_non_null(tables[t]);
                for (size_t i = 0; i < tables[t]->n_rows; i++) {
                        const struct course_row *row = &tables[t]->rows[i];

                        if (taken[t][row->state][row->event] > 0)
                                continue;
                        missing++;
                        print_message("never: \"%s\" while %s\n", tables[t]->events[row->event],
                                      tables[t]->states[row->state].name);
                }
        }
        assert_int_equal(missing, 0);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_teardown(test_walks, say_seed),
                cmocka_unit_test(test_each_row_was_taken),
        };

        if (argc > 1) {
                verbose = true;
                course_witness = witness;
                walk_once((uint32_t) strtoul(argv[1], NULL, 10));
                return 0;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
