/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "offline_world.h"
#include "tree.h"

#include <string.h>


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

        world_init(&world, WORLD_BLOCKS_MAX);
        for (uint32_t i = 0; i < WORLD_BLOCKS_MAX; i++) {
                world.blocks[i].removable = i % 2;
                world.blocks[i].zones = i % 2 ? 0 : MOVABLE;
                ask(&world, i, 10);
        }
        world.zones[0].free = 0;
        world.request.eject = &world.dimm;
        world.dimm.ejectable = false;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_int_equal(count(&plan, REASON_NOT_REMOVABLE), 32);
        assert_int_equal(count(&plan, REASON_MIXED_ZONES), 32);
        /* nothing is left out unsaid */
        assert_int_equal(count(&plan, REASON_MORE), 1);
        assert_int_equal(plan.reasons.items[64].code, REASON_MORE);
        assert_int_equal(plan.reasons.items[64].count, WORLD_BLOCKS_MAX - 64);
        assert_int_equal(count(&plan, REASON_NOT_ENOUGH_MEMORY), 1);
        assert_int_equal(count(&plan, REASON_NOT_EJECTABLE), 1);
        assert_int_equal(plan.reasons.n_items, 67);
        assert_int_equal(plan.n_steps, 0);
        assert_int_equal(plan.needed_bytes, WORLD_BLOCKS_MAX * 10 * PAGE);
}

/* What is the same of blocks in a row is said once. */
static void test_reasons_of_ranges(void **state)
{
        struct memory_driver drivers[] = {
                { .device = (char *) "dax0.0", .driver = (char *) "kmem", .memory_bytes = 5 },
                { .device = (char *) "dax1.0", .driver = (char *) "kmem", .memory_bytes = 6 },
        };
        static const uint32_t expected[][2] = { { 0, 9 }, { 10, 29 }, { 31, 99 } };
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, WORLD_BLOCKS_MAX);
        world.snapshot.drivers = drivers;
        world.snapshot.n_drivers = 2;
        for (uint32_t i = 0; i < WORLD_BLOCKS_MAX; i++) {
                world.blocks[i].driver = i == 30 ? DRIVER_NONE : i < 10 ? 2 : 1;
                ask(&world, i, 0);
        }
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_int_equal(plan.reasons.n_items, 3);
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(plan.reasons.items[i].code, REASON_DRIVER_OWNED);
                assert_int_equal(plan.reasons.items[i].block, expected[i][0]);
                assert_int_equal(plan.reasons.items[i].last_block, expected[i][1]);
                assert_string_equal(plan.reasons.items[i].driver, "kmem");
        }
        assert_string_equal(plan.reasons.items[0].text, "dax1.0");
        assert_int_equal(plan.reasons.items[1].bytes, 5);
}

/* A hole is one by force, too; what the kernel keeps may be tried. */
static void test_marks(void **state)
{
        struct block_mark marks[] = {
                { .block = 1, .kind = BLOCK_HOLE, .bytes = 64 << 20, .name = (char *) "Reserved" },
                { .block = 2, .kind = BLOCK_RESERVED, .bytes = 32 << 20, .name = (char *) "Crash kernel" },
        };

        (void) state;

        for (int forced = 0; forced < 2; forced++) {
                _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
                struct world world;

                world_init(&world, 3);
                world.snapshot.marks = marks;
                world.snapshot.n_marks = 2;
                world.request.options.force = forced;
                for (uint32_t i = 0; i < 3; i++)
                        ask(&world, i, 0);
                assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
                assert_true(plan.refused);
                assert_int_equal(plan.reasons.n_items, forced ? 1 : 2);
                assert_int_equal(plan.reasons.items[0].code, REASON_HOLE);
                assert_int_equal(plan.reasons.items[0].block, 1);
                assert_int_equal(plan.reasons.items[0].bytes, 64 << 20);
                assert_string_equal(plan.reasons.items[0].text, "Reserved");
                if (!forced)
                        assert_int_equal(plan.reasons.items[1].code, REASON_RESERVED);
        }
}

/* A block with bad pages cannot be put back: it goes last, and that is said. */
static void test_bad_pages(void **state)
{
        static const uint32_t expected[] = { 2, 0, 1 };
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        world_init(&world, 3);
        ask(&world, 0, 7);
        ask(&world, 1, 0);
        ask(&world, 2, 5);
        world.usage[1].pages_bad = 3;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_false(plan.refused);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(plan.steps[i].block, expected[i]);
        assert_non_null(plan.notes);
        for (char **note = plan.notes; *note; note++)
                if (strstr(*note,
                           "block 1 has 3 bad (hwpoison) pages: once offline it cannot come back online"))
                        return;
        fail();
}

/* Where two nodes meet in a block, that block stays when all others of a node go. */
static void test_border_of_nodes(void **state)
{
        struct block_node more = { .block = 2, .node = 1 };
        struct memory_node nodes[] = { { .id = 0 },
                                       { .id = 1, .total_bytes = (UINT64_C(2) * 128 + 96) << 20 } };
        struct world world;

        (void) state;

        world_init(&world, 5);
        world.snapshot.more_nodes = &more;
        world.snapshot.n_more_nodes = 1;
        world.snapshot.nodes = nodes;
        world.snapshot.n_nodes = 2;
        world.blocks[2].zones = 0;
        world.blocks[3].node = world.blocks[4].node = 1;
        assert_true(snapshot_block_is_on(&world.snapshot, &world.blocks[2], 0));
        assert_true(snapshot_block_is_on(&world.snapshot, &world.blocks[2], 1));
        assert_false(snapshot_block_is_on(&world.snapshot, &world.blocks[3], 0));
        ask(&world, 3, 0);
        for (int all = 0; all < 2; all++) {
                _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
                bool said = false;

                if (all)
                        ask(&world, 4, 0);
                assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
                assert_false(plan.refused);
                for (char **note = plan.notes; note && *note; note++)
                        said |= strstr(*note, "block 2 lies in nodes 0 and 1, so it cannot go offline: "
                                              "96 MiB of node 1 stays") != NULL;
                assert_int_equal(said, all);
        }
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_each_reason),
                cmocka_unit_test(test_pages_that_do_not_move),
                cmocka_unit_test(test_all_reasons_are_given),
                cmocka_unit_test(test_reasons_are_bounded),
                cmocka_unit_test(test_reasons_of_ranges),
                cmocka_unit_test(test_marks),
                cmocka_unit_test(test_bad_pages),
                cmocka_unit_test(test_border_of_nodes),
                cmocka_unit_test(test_one_block_two_reasons),
                cmocka_unit_test(test_only_online_blocks_need_room),
                cmocka_unit_test(test_room_is_judged_when_it_is_known),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
