/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy beside series of a day each, of made-up machines: whatever they do, it is never over its
 * budget, does not begin again and again where nothing is gained, and does not flap at its target.
 */
#include "daemon/policy/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000)
#define DAY    UINT64_C(86400)
#define PIECE  512

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
        seed = seed * 1664525U + 1013904223U;
        return (uint32_t) ((uint64_t) (seed >> 8) * n >> 24);
}

/* A node, and what it does in the five seconds between two looks. */
struct world {
        struct compaction_inputs inputs;
        uint64_t gain;      /* pieces that an attempt gains at most */
        uint64_t cost_usec; /* of an attempt */
        void (*goes_on)(struct world *world, uint64_t second);
        uint64_t (*next_cursor)(uint64_t cursor); /* NULL: an attempt gets through all memory */
};

struct outcome {
        uint64_t attempts, vain, cpu_usec, changes;
        enum compaction_state last;
        uint64_t longest_vain; /* attempts in a row that gained nothing */
};

static void tell(struct compaction_memory *memory, struct compaction_budget *budget, struct world *world,
                 const struct compaction_action *action, struct outcome *outcome, uint64_t *in_vain)
{
        uint64_t missing = action->until - world->inputs.free_pieces;
        uint64_t gained = missing < world->gain ? missing : world->gain;
        uint64_t cost = world->cost_usec < action->cpu_usec ? world->cost_usec : action->cpu_usec;

        assert_true(action->until > world->inputs.free_pieces);
        assert_true(action->cpu_usec > 0);
        world->inputs.free_pieces += gained;
        outcome->attempts++;
        outcome->cpu_usec += cost;
        *in_vain = gained > 0 ? 0 : *in_vain + 1;
        outcome->vain += gained == 0;
        if (*in_vain > outcome->longest_vain)
                outcome->longest_vain = *in_vain;
        compaction_learn(&(struct compaction_outcome){ .gained = (int64_t) gained,
                                                       .free = world->inputs.free_pieces,
                                                       .cpu_usec = cost,
                                                       .cursor = world->next_cursor
                                                                         ? world->next_cursor(action->cursor)
                                                                         : 0 },
                         world->inputs.now_usec, budget, memory);
}

static struct outcome run(struct world *world, const struct compaction_config *config, uint64_t seconds)
{
        struct compaction_memory memory = { 0 };
        struct compaction_budget budget = { 0 };
        struct outcome outcome = { .last = COMPACTION_OFF };
        uint64_t in_vain = 0;

        for (uint64_t second = 0; second < seconds; second += 5) {
                struct compaction_action action;

                world->inputs.now_usec += 5 * SECOND;
                world->inputs.minute = (unsigned int) (second / 60 % 1440);
                if (world->goes_on)
                        world->goes_on(world, second);
                compaction_budget_fill(config, world->inputs.now_usec, &budget);
                action = compaction_decide(config, compaction_config_of_node(config, 0), &world->inputs,
                                           &budget, &memory);
                assert_int_equal(action.compact, memory.state == COMPACTION_WANTED);
                if (action.compact)
                        tell(&memory, &budget, world, &action, &outcome, &in_vain);
                outcome.changes += memory.state != outcome.last;
                outcome.last = memory.state;
        }
        assert_int_equal(memory.attempts, outcome.attempts);
        assert_int_equal(memory.spent_usec, outcome.cpu_usec);
        assert_true(memory.gains <= outcome.attempts - outcome.vain);
        /* where nothing comes and goes, each is one */
        assert_true(memory.gains > 0 || outcome.vain == outcome.attempts || world->goes_on);
        /* a minute's budget may have been saved up */
        assert_true(outcome.cpu_usec <= (seconds + 60) * SECOND * config->cpu / 1000 + SECOND);
        return outcome;
}

static struct compaction_config a_config(void)
{
        struct compaction_config config;

        compaction_config_init(&config);
        config.all.enabled = true;
        config.all.share = 0;
        config.all.pieces = 64;
        return config;
}

static struct world a_world(void)
{
        return (struct world){
                .inputs = { .there = true,
                            .memory_pages = 262144,
                            .piece_pages = PIECE,
                            .small_pages = 100000,
                            .free_pieces = 10 },
                .gain = 20,
                .cost_usec = 100000,
        };
}

static void test_steady(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();
        struct outcome outcome = run(&world, &config, DAY);

        (void) state;

        assert_int_equal(outcome.last, COMPACTION_REACHED);
        assert_int_equal(world.inputs.free_pieces, 64);
        assert_in_range(outcome.attempts, 3, 5);
        assert_int_equal(outcome.vain, 0);
}

static void test_off(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();

        (void) state;

        config.all.enabled = false;
        assert_int_equal(run(&world, &config, DAY).attempts, 0);
}

static void uses_up(struct world *world, uint64_t second)
{
        (void) second;
        world->inputs.free_pieces -= world->inputs.free_pieces < 40 ? world->inputs.free_pieces : 40;
}

/* More is used up than it may gain: run() sees to the budget. */
static void test_storm(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();
        struct outcome outcome;

        (void) state;

        world.goes_on = uses_up;
        outcome = run(&world, &config, DAY);
        assert_in_range(outcome.cpu_usec, 700 * SECOND, 926 * SECOND); /* 1 % of a day are 864 seconds */
        config.cpu = 1000;
        world = a_world();
        world.goes_on = uses_up;
        world.cost_usec = 10 * SECOND;
        outcome = run(&world, &config, DAY / 10);
        assert_true(outcome.attempts > 1000);
}

/* It backs off to an attempt an hour. */
static void test_nothing_to_gain(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();
        struct outcome outcome;

        (void) state;

        world.gain = 0;
        outcome = run(&world, &config, DAY);
        assert_in_range(outcome.attempts, 24, 32);
        assert_int_equal(outcome.last, COMPACTION_BACKING_OFF);
}

static void one_comes_and_goes(struct world *world, uint64_t second)
{
        (void) second;
        world->inputs.free_pieces = 10 + draw(2);
}

/* An attempt now and then seems to gain a piece, which others have given back, and take again. */
static void test_noise(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();

        (void) state;

        seed = 1;
        world.gain = 1;
        world.goes_on = one_comes_and_goes;
        assert_in_range(run(&world, &config, DAY).attempts, 24, 40);
}

static uint64_t a_step_further(uint64_t cursor)
{
        return cursor == 40 ? 0 : cursor + 1;
}

static uint64_t no_further(uint64_t cursor)
{
        (void) cursor;
        return 7;
}

/* A large node is looked at in many attempts: it backs off once behind them all, or where it is stuck. */
static void test_a_large_node(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();

        (void) state;

        world.gain = 0;
        world.next_cursor = a_step_further;
        assert_in_range(run(&world, &config, DAY / 24).attempts, 41 * 4, 41 * 8);
        world = a_world();
        world.gain = 0;
        world.next_cursor = no_further;
        assert_in_range(run(&world, &config, DAY).attempts, 24, 33);
}

static void some_pieces_come_and_go(struct world *world, uint64_t second)
{
        world->inputs.free_pieces = second / 5 % 2 ? 60 : 64;
}

/* A few pieces around the target are no reason to begin, nor to change its mind. */
static void test_no_flapping(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();
        struct outcome outcome;

        (void) state;

        world.goes_on = some_pieces_come_and_go;
        outcome = run(&world, &config, DAY);
        assert_int_equal(outcome.attempts, 0);
        assert_in_range(outcome.changes, 1, 1);
}

static void kswapd_works(struct world *world, uint64_t second)
{
        world->inputs.kswapd_usec += second % 60 < 50 ? SECOND / 2 : SECOND / 1000;
}

static void count_begins_anew(struct world *world, uint64_t second)
{
        world->inputs.kswapd_usec = UINT64_MAX - second % 7 * 100; /* up, and back down */
}

/* While kswapd is at work there is nothing; a count that wraps is no work. */
static void test_kswapd(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();
        struct outcome outcome;

        (void) state;

        world.goes_on = kswapd_works;
        world.gain = 1;
        outcome = run(&world, &config, 600);
        assert_in_range(outcome.attempts, 1, 600 / 60 * 3);
        world = a_world();
        world.goes_on = count_begins_anew;
        assert_int_equal(run(&world, &config, 600).last, COMPACTION_REACHED);
}

static void comes_and_goes(struct world *world, uint64_t second)
{
        world->inputs.there = second / 100 % 2 == 0;
        world->inputs.free_pieces = 0;
}

static void test_node_that_vanishes(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();
        struct outcome outcome;

        (void) state;

        world.goes_on = comes_and_goes;
        outcome = run(&world, &config, 1000);
        assert_true(outcome.attempts > 0);
        assert_int_equal(outcome.last, COMPACTION_GONE);
}

static void test_another_owner(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();

        (void) state;

        world.inputs.refusal = "tuned sets vm.compaction_proactiveness";
        assert_int_equal(run(&world, &config, DAY).attempts, 0);
}

static void test_quiet_and_pressed(void **state)
{
        struct compaction_config config = a_config();
        struct world world = a_world();

        (void) state;

        config.n_quiet = 1;
        config.quiet[0] = (struct quiet_time){ 0, 1440 };
        assert_int_equal(run(&world, &config, DAY).last, COMPACTION_QUIET);
        config.n_quiet = 0;
        world = a_world();
        world.inputs.memory_pressure = 2500;
        assert_int_equal(run(&world, &config, DAY).last, COMPACTION_PRESSED);
        world = a_world();
        world.inputs.busy = true;
        assert_int_equal(run(&world, &config, DAY).last, COMPACTION_BUSY);
        world = a_world();
        world.inputs.small_pages = PIECE - 1;
        assert_int_equal(run(&world, &config, DAY).last, COMPACTION_NO_ROOM);
}

static void anything(struct world *world, uint64_t second)
{
        struct compaction_inputs *inputs = &world->inputs;

        (void) second;
        if (draw(10) == 0)
                inputs->now_usec += draw(1000) * SECOND;
        inputs->free_pieces = draw(3) == 0 ? draw(128) : inputs->free_pieces;
        inputs->small_pages = draw(5) == 0 ? draw(1024) : 100000;
        inputs->there = draw(50) > 0;
        inputs->kswapd_usec = draw(3) == 0 ? draw(1000000) : inputs->kswapd_usec;
        inputs->busy = draw(10) == 0;
        inputs->memory_pressure = draw(10000);
        inputs->refusal = draw(20) == 0 ? "somebody else's" : NULL;
        world->gain = draw(4) * 5;
        world->cost_usec = draw(2 * (uint32_t) SECOND);
}

static void test_anything(void **state)
{
        (void) state;

        for (uint32_t i = 0; i < 200; i++) {
                struct compaction_config config = a_config();
                struct world world = a_world();
                struct compaction_memory memory = { 0 };
                struct compaction_budget budget = { 0 };
                uint64_t cpu = 0, begun = world.inputs.now_usec;

                seed = i;
                config.cpu = 1 + draw(1000);
                for (uint64_t second = 0; second < 20000; second += 5) {
                        struct compaction_action action;

                        world.inputs.now_usec += 5 * SECOND;
                        anything(&world, second);
                        compaction_budget_fill(&config, world.inputs.now_usec, &budget);
                        action = compaction_decide(&config, &config.all, &world.inputs, &budget, &memory);
                        if (!action.compact)
                                continue;
                        assert_true(world.inputs.there && !world.inputs.refusal && !world.inputs.busy &&
                                    action.until == 64);
                        compaction_learn(&(struct compaction_outcome){ .gained = draw(2) ? 3 : -3,
                                                                       .free = 3 + draw(90),
                                                                       .cpu_usec = action.cpu_usec,
                                                                       .cursor = draw(3) },
                                         world.inputs.now_usec, &budget, &memory);
                        cpu += action.cpu_usec;
                        assert_true(cpu <=
                                    (world.inputs.now_usec - begun + 60 * SECOND) * config.cpu / 1000 +
                                            SECOND);
                }
        }
}

static void test_targets(void **state)
{
        const struct compaction_target share = { .share = 50 }, pieces = { .pieces = 7, .share = 50 };

        (void) state;

        assert_int_equal(compaction_target_pieces(&share, 262144, 512), 25);
        assert_int_equal(compaction_target_pieces(&pieces, 262144, 512), 7);
        assert_int_equal(compaction_target_pieces(&share, 0, 512), 0);
        for (int i = 0; i < _COMPACTION_STATE_MAX; i++)
                assert_non_null(compaction_state_name((enum compaction_state) i));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_steady),
                cmocka_unit_test(test_off),
                cmocka_unit_test(test_storm),
                cmocka_unit_test(test_nothing_to_gain),
                cmocka_unit_test(test_a_large_node),
                cmocka_unit_test(test_noise),
                cmocka_unit_test(test_no_flapping),
                cmocka_unit_test(test_kswapd),
                cmocka_unit_test(test_node_that_vanishes),
                cmocka_unit_test(test_another_owner),
                cmocka_unit_test(test_quiet_and_pressed),
                cmocka_unit_test(test_anything),
                cmocka_unit_test(test_targets),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
