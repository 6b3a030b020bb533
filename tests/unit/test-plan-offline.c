/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/offline.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE       UINT64_C(4096)
#define BLOCK_SIZE (UINT64_C(128) << 20)
#define BLOCKS_MAX 100
#define RANDOM_MAX 24
#define ROUNDS     20000

#define MOVABLE ((zone_list_t) ZONE_MOVABLE)
#define NORMAL  ((zone_list_t) ZONE_NORMAL)

/* A machine and a request about some of its blocks. */
struct world {
        struct memory_block blocks[BLOCKS_MAX];
        struct snapshot snapshot;
        uint32_t asked[BLOCKS_MAX];
        struct block_usage usage[BLOCKS_MAX];
        struct dimm dimm;
        struct room_zone zones[2]; /* Movable, Normal */
        struct room room;
        struct offline_request request;
};

static void world_init(struct world *world, size_t n_blocks)
{
        *world = (struct world){
                .snapshot = { .block_size = BLOCK_SIZE, .n_blocks = n_blocks },
                .dimm = { .name = (char *) "PNP0C80:00", .ejectable = true },
                .zones = { { .zone = ZONE_MOVABLE, .free = UINT64_C(1) << 28 }, { .zone = ZONE_NORMAL } },
                .room = { .known = true, .n_zones = 2, .available = UINT64_MAX },
                .request = { .page_size = PAGE, .options = OFFLINE_OPTIONS_NONE },
        };
        world->room.zones = world->zones;
        world->request.room = &world->room;
        world->snapshot.blocks = world->blocks;
        world->request.blocks = world->asked;
        world->request.usage = world->usage;
        for (size_t i = 0; i < n_blocks; i++)
                world->blocks[i] = (struct memory_block){
                        .number = (uint32_t) i,
                        .zones = MOVABLE,
                        .state = BLOCK_ONLINE,
                        .removable = true,
                };
}

static void ask(struct world *world, uint32_t number, uint64_t in_use)
{
        size_t i = world->request.n_blocks++;

        world->asked[i] = number;
        world->usage[i] = (struct block_usage){
                .number = number,
                .known = true,
                .pages_in_use = in_use,
                .pages_free = 32768 - in_use,
        };
}

static void expect_reason(struct world *world, enum reason_code code, uint32_t block)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };

        assert_int_equal(offline_plan_make(&world->snapshot, &world->request, &plan), 0);
        assert_true(plan.refused);
        assert_int_equal(plan.n_steps, 0);
        assert_int_equal(plan.reasons.n_items, 1);
        assert_int_equal(plan.reasons.items[0].code, code);
        assert_int_equal(plan.reasons.items[0].block, block);
}

static void test_order(void **state)
{
        static const uint32_t expected[] = { 3, 1, 2, 0 };
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, 5);
        world.blocks[4].state = BLOCK_OFFLINE;
        ask(&world, 0, 500);
        ask(&world, 1, 0);
        ask(&world, 2, 100);
        ask(&world, 3, 0);
        ask(&world, 4, 0);
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_false(plan.refused);
        assert_int_equal(plan.n_steps, 4);
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(plan.steps[i].block, expected[i]);
        assert_int_equal(plan.pages_in_use, 600);
        assert_int_equal(plan.needed_bytes, 600 * PAGE);
        assert_int_equal(plan.steps[0].zone, ZONE_MOVABLE);
}

static void test_each_reason(void **state)
{
        struct world world;

        (void) state;

        world_init(&world, 3);
        ask(&world, 1, 10);
        world.blocks[1].removable = false;
        expect_reason(&world, REASON_NOT_REMOVABLE, 1);
        world.blocks[1].removable = true;
        world.blocks[1].zones = 0;
        expect_reason(&world, REASON_MIXED_ZONES, 1);
        world.zones[1].free = 32768;
        world.blocks[1].zones = NORMAL | MOVABLE << 4;
        expect_reason(&world, REASON_MIXED_ZONES, 1);
        world.blocks[1].zones = NORMAL;
        world.blocks[1].state = BLOCK_GOING_OFFLINE;
        expect_reason(&world, REASON_BAD_STATE, 1);
        world.blocks[1].state = BLOCK_UNKNOWN;
        expect_reason(&world, REASON_BAD_STATE, 1);
        world.blocks[1].state = BLOCK_ONLINE;
        world.request.eject = &world.dimm;
        world.dimm.ejectable = false;
        expect_reason(&world, REASON_NOT_EJECTABLE, REASON_NO_BLOCK);
        world.request.eject = NULL;
        world.blocks[1].zones = MOVABLE;
        world.zones[1].free = 0;
        world.zones[0].free = 32758 + 9;
        expect_reason(&world, REASON_NOT_ENOUGH_MEMORY, REASON_NO_BLOCK);
}

static void test_pages_that_do_not_move(void **state)
{
        static const struct reason_process processes[] = { { 12, "a" }, { 13, "b" } };
        const struct offline_keeper keepers[] = {
                { .block = 0, .pages = 9, .owner = "slab" }, /* not asked about */
                { .block = 1,
                  .pages = 5,
                  .owner = "anon",
                  .searched = true,
                  .processes = processes,
                  .n_processes = 2 },
                { .block = 1, .pages = 0, .owner = "slab" },
                { .block = 2, .pages = 7, .owner = "slab" }, /* offline */
                { .block = 3, .pages = 1, .owner = "kernel" },
        };
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, 5);
        world.blocks[2].state = BLOCK_OFFLINE;
        ask(&world, 1, 10);
        ask(&world, 2, 0);
        ask(&world, 3, 10);
        ask(&world, 4, 10);
        world.request.keepers = keepers;
        world.request.n_keepers = sizeof(keepers) / sizeof(keepers[0]);
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_true(plan.refused);
        assert_int_equal(plan.n_steps, 0);
        assert_int_equal(plan.reasons.n_items, 2);
        assert_int_equal(plan.reasons.items[0].code, REASON_UNMOVABLE);
        assert_int_equal(plan.reasons.items[0].block, 1);
        assert_int_equal(plan.reasons.items[0].pages, 5);
        assert_string_equal(plan.reasons.items[0].text, "anon");
        assert_true(plan.reasons.items[0].searched);
        assert_int_equal(plan.reasons.items[0].n_processes, 2);
        assert_int_equal(plan.reasons.items[0].processes[1].pid, 13);
        assert_int_equal(plan.reasons.items[1].block, 3);
        assert_false(plan.reasons.items[1].searched);
        offline_plan_clear(&plan);

        world.request.options.force = true;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_false(plan.refused);
        assert_int_equal(plan.n_steps, 3);
}

static void test_all_reasons_are_given(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, 3);
        ask(&world, 0, 10);
        ask(&world, 1, 10);
        world.blocks[0].removable = false;
        world.blocks[1].state = BLOCK_UNKNOWN;
        world.zones[0].free = 0;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_int_equal(plan.reasons.n_items, 3);
}

static size_t count(const struct offline_plan *plan, enum reason_code code)
{
        size_t n = 0;

        for (size_t i = 0; i < plan->reasons.n_items; i++)
                n += plan->reasons.items[i].code == code;
        return n;
}

/* However many blocks are bad, what stands against the whole request is not crowded out. */
static void test_reasons_are_bounded(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, BLOCKS_MAX);
        for (uint32_t i = 0; i < BLOCKS_MAX; i++) {
                world.blocks[i].removable = false;
                ask(&world, i, 10);
        }
        world.zones[0].free = 0;
        world.request.eject = &world.dimm;
        world.dimm.ejectable = false;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_int_equal(count(&plan, REASON_NOT_REMOVABLE), 64);
        assert_int_equal(count(&plan, REASON_NOT_ENOUGH_MEMORY), 1);
        assert_int_equal(count(&plan, REASON_NOT_EJECTABLE), 1);
        assert_int_equal(plan.reasons.n_items, 66);
        assert_int_equal(plan.n_steps, 0);
        assert_int_equal(plan.needed_bytes, BLOCKS_MAX * 10 * PAGE);
}

static void test_one_block_two_reasons(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, 1);
        world.blocks[0].removable = false;
        world.blocks[0].zones = 0;
        ask(&world, 0, 10);
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_int_equal(plan.reasons.n_items, 2);
        assert_int_equal(count(&plan, REASON_NOT_REMOVABLE), 1);
        assert_int_equal(count(&plan, REASON_MIXED_ZONES), 1);
}

/* A block that is not online needs no room of ours, and its state is named. */
static void test_only_online_blocks_need_room(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, 2);
        world.blocks[0].state = BLOCK_GOING_OFFLINE;
        ask(&world, 0, 10);
        ask(&world, 1, 0);
        world.zones[0].free = 0;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_int_equal(plan.reasons.n_items, 1);
        assert_int_equal(plan.reasons.items[0].code, REASON_BAD_STATE);
        assert_string_equal(plan.reasons.items[0].text, "going-offline");
        assert_int_equal(plan.needed_bytes, 0);
}

static void test_room_is_judged_when_it_is_known(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan exact = { 0 }, blind = { 0 }, huge = { 0 },
                                                          endless = { 0 };
        struct world world;

        (void) state;

        world_init(&world, 2);
        ask(&world, 0, 10);
        /* just enough: what is free in the block leaves with it */
        world.zones[0].free = 32758 + 10;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &exact), 0);
        assert_false(exact.refused);
        assert_int_equal(exact.available_bytes, 10 * PAGE);

        world.usage[0].known = false;
        world.zones[0].free = 0;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &blind), 0);
        assert_false(blind.refused);
        assert_false(blind.usage_known);

        world.usage[0] =
                (struct block_usage){ .known = true, .pages_in_use = UINT64_MAX, .pages_free = UINT64_MAX };
        ask(&world, 1, 5);
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &huge), 0);
        assert_true(huge.refused);
        assert_true(huge.needed_bytes == UINT64_MAX);

        /* more than can be counted is more than any room */
        world.usage[0].pages_free = world.usage[1].pages_free = 0;
        world.zones[0].free = UINT64_MAX;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &endless), 0);
        assert_true(endless.refused);
}

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
                        ask(world, number, (uint64_t) (random() % 32769));
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
                *(block->zones == MOVABLE ? &movable_leaving : &kernel_leaving) += world->usage[i].pages_free;
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
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_each_reason),
                cmocka_unit_test(test_pages_that_do_not_move),
                cmocka_unit_test(test_all_reasons_are_given),
                cmocka_unit_test(test_reasons_are_bounded),
                cmocka_unit_test(test_one_block_two_reasons),
                cmocka_unit_test(test_only_online_blocks_need_room),
                cmocka_unit_test(test_room_is_judged_when_it_is_known),
                cmocka_unit_test(test_properties),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
