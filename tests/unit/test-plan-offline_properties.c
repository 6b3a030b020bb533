/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The planner's rules for any machine that chance makes. */
#include "basic/cleanup.h"
#include "offline_world.h"
#include "tree.h"

#include <stdlib.h>

#define RANDOM_MAX 24
#define ROUNDS     20000

static long chance(long in)
{
        return random() % in == 0;
}

static void random_world(struct world *world)
{
        uint32_t number = 0;

        world_init(world, 1 + (size_t) (random() % RANDOM_MAX));
        for (size_t i = 0; i < world->snapshot.n_blocks; i++) {
                struct memory_block *block = &world->blocks[i];

                number += 1 + (uint32_t) (chance(5) ? random() % 9 : 0);
                block->number = number;
                block->zones = chance(3) ? NORMAL : MOVABLE;
                block->state = chance(4) ? BLOCK_OFFLINE : BLOCK_ONLINE;
                if (chance(60))
                        block->state = (uint8_t) (random() % _BLOCK_STATE_MAX);
                if (chance(60))
                        block->zones = chance(2) ? 0 : NORMAL | MOVABLE << 4;
                block->removable = !chance(60);
                if (!chance(3)) {
                        ask(world, number, (uint64_t) (random() % BLOCK_PAGES + 1));
                        world->usage[world->request.n_blocks - 1].known = !chance(80);
                }
        }
        world->zones[0].free = ((uint64_t) random() % (UINT64_C(4) << 30)) / PAGE;
        world->zones[1].free = chance(2) ? UINT64_C(1) << 20 : (uint64_t) random() % (UINT64_C(1) << 18);
        world->room.known = !chance(20);
        if (chance(4))
                world->request.eject = &world->dimm;
        world->dimm.ejectable = !chance(10);
}

static void check_steps(const struct world *world, const struct offline_plan *plan)
{
        uint64_t in_use = 0;
        size_t online = 0;

        for (size_t i = 0; i < world->request.n_blocks; i++)
                online += snapshot_find_block(&world->snapshot, world->asked[i])->state == BLOCK_ONLINE;
        assert_int_equal(plan->n_steps, online);

        for (size_t i = 0; i < plan->n_steps; i++) {
                const struct offline_step *step = &plan->steps[i];
                bool asked = false;

                for (size_t j = 0; j < world->request.n_blocks; j++)
                        asked = asked || world->asked[j] == step->block;
                assert_true(asked);
                assert_int_equal(snapshot_find_block(&world->snapshot, step->block)->state, BLOCK_ONLINE);
                for (size_t j = 0; j < i; j++)
                        assert_int_not_equal(plan->steps[j].block, step->block);
                if (i > 0)
                        assert_true(plan->steps[i - 1].pages_in_use < step->pages_in_use ||
                                    (plan->steps[i - 1].pages_in_use == step->pages_in_use &&
                                     plan->steps[i - 1].block > step->block));
                in_use += step->pages_in_use;
        }
        assert_int_equal(plan->pages_in_use, in_use);
        assert_int_equal(plan->needed_bytes, in_use * PAGE);
        if (plan->usage_known && world->room.known)
                assert_true(plan->needed_bytes <= plan->available_bytes);
        if (world->request.eject)
                assert_true(world->dimm.ejectable);
}

/* The rules told once more, from the request alone. */
static bool must_be_refused(const struct world *world)
{
        const struct offline_request *request = &world->request;
        uint64_t movable = 0, kernel = 0, movable_leaving = 0, kernel_leaving = 0, movable_room, kernel_room;
        bool known = world->room.known;

        if (request->eject && !request->eject->ejectable)
                return true;
        for (size_t i = 0; i < request->n_blocks; i++) {
                const struct memory_block *block = snapshot_find_block(&world->snapshot, world->asked[i]);

                if (block->state == BLOCK_OFFLINE)
                        continue;
                if (block->state != BLOCK_ONLINE || !block->removable ||
                    (block->zones != NORMAL && block->zones != MOVABLE))
                        return true;
                known = known && world->usage[i].known;
                *(block->zones == MOVABLE ? &movable : &kernel) += world->usage[i].pages_in_use;
                *(block->zones == MOVABLE ? &movable_leaving : &kernel_leaving) +=
                        world->usage[i].pages_free;
        }
        movable_room = world->zones[0].free > movable_leaving ? world->zones[0].free - movable_leaving : 0;
        kernel_room = world->zones[1].free > kernel_leaving ? world->zones[1].free - kernel_leaving : 0;
        return known && (kernel > kernel_room || kernel + movable > kernel_room + movable_room);
}

/* Told before it is used: a failure then says which seed it was. */
static void seed(void)
{
        const char *text = getenv("MEMCTL_TEST_SEED");
        unsigned int value = text ? (unsigned int) strtoul(text, NULL, 10) : 1;

        print_message("# MEMCTL_TEST_SEED=%u\n", value);
        srandom(value);
}

/* For any machine: no block twice, never more than is free, all or nothing, and the same answer again. */
static void test_properties(void **state)
{
        size_t refused = 0;

        (void) state;

        seed();
        for (int round = 0; round < ROUNDS; round++) {
                _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 }, again = { 0 };
                struct world world;

                random_world(&world);
                assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
                assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &again), 0);
                assert_int_equal(plan.refused, must_be_refused(&world));
                assert_int_equal(plan.refused, again.refused);
                assert_int_equal(plan.needed_bytes, again.needed_bytes);
                assert_int_equal(plan.available_bytes, again.available_bytes);
                assert_int_equal(plan.reasons.n_items, again.reasons.n_items);
                for (size_t i = 0; i < plan.reasons.n_items; i++) {
                        assert_int_equal(plan.reasons.items[i].code, again.reasons.items[i].code);
                        assert_int_equal(plan.reasons.items[i].block, again.reasons.items[i].block);
                }
                assert_int_equal(plan.n_steps, again.n_steps);
                if (plan.n_steps)
                        assert_memory_equal(plan.steps, again.steps, plan.n_steps * sizeof(*plan.steps));

                refused += plan.refused;
                if (plan.refused) {
                        assert_int_equal(plan.n_steps, 0);
                        assert_true(plan.reasons.n_items > 0);
                } else {
                        assert_int_equal(plan.reasons.n_items, 0);
                        check_steps(&world, &plan);
                }
        }
        /* both kinds were there to look at */
        assert_in_range(refused, ROUNDS / 10, ROUNDS * 9 / 10);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_properties),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
