/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/fit.h"
#include "tree.h"

#include <string.h>

#define PAGE        UINT64_C(4096)
#define BLOCK_PAGES 32768

#define MOVABLE ((zone_list_t) ZONE_MOVABLE)
#define NORMAL  ((zone_list_t) ZONE_NORMAL)

/* Two nodes with a zone for the kernel and a movable one each; blocks 0-3 are on node 0, 4-7 on node 1. */
struct world {
        struct memory_block blocks[8];
        struct snapshot snapshot;
        uint32_t asked[8];
        struct block_usage usage[8];
        struct offline_step steps[8];
        struct headroom_zone zones[4];
        struct headroom_huge huge[4];
        struct headroom_promise promise;
        struct headroom room;
        struct cold_block cold_blocks[2];
        struct cold cold;
        struct offline_request request;
        struct offline_plan plan;
};

enum { NORMAL_0, MOVABLE_0, NORMAL_1, MOVABLE_1 };

static void world_init(struct world *world)
{
        *world = (struct world){
                .snapshot = { .block_size = BLOCK_PAGES * PAGE, .n_blocks = 8 },
                .zones = { { .node = 0, .zone = ZONE_NORMAL },
                           { .node = 0, .zone = ZONE_MOVABLE },
                           { .node = 1, .zone = ZONE_NORMAL },
                           { .node = 1, .zone = ZONE_MOVABLE } },
                .room = { .known = true, .n_zones = 4, .available = UINT64_MAX },
                .request = { .page_size = PAGE, .options = OFFLINE_OPTIONS_NONE },
                .plan = { .usage_known = true },
        };
        world->snapshot.blocks = world->blocks;
        world->room.zones = world->zones;
        world->room.huge = world->huge;
        world->room.promises = &world->promise;
        world->request.room = &world->room;
        world->request.blocks = world->asked;
        world->request.usage = world->usage;
        world->plan.steps = world->steps;
        for (uint32_t i = 0; i < 8; i++)
                world->blocks[i] = (struct memory_block){
                        .number = i,
                        .node = i >= 4,
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
                .pages_free = BLOCK_PAGES - in_use,
        };
        world->steps[world->plan.n_steps++] = (struct offline_step){
                .block = number,
                .zone = zone_list_get(world->blocks[number].zones, 0),
                .pages_in_use = in_use,
        };
        world->plan.pages_in_use += in_use;
        /* what is free in the block is free in its zone */
        for (size_t j = 0; j < 4; j++)
                if (world->zones[j].node == world->blocks[number].node &&
                    world->zones[j].zone == world->steps[i].zone)
                        world->zones[j].free += BLOCK_PAGES - in_use;
}

/* Pages that are missing. */
static uint64_t shortage(struct world *world)
{
        uint64_t bytes = fit_shortage(&world->snapshot, &world->request, &world->plan);

        assert_int_equal(fit_judge(&world->snapshot, &world->request, &world->plan), 0);
        assert_int_equal(world->plan.refused, bytes > 0);
        reason_list_clear(&world->plan.reasons);
        world->plan.refused = false;
        return bytes / PAGE;
}

/* An offline block sends its pages to other nodes; a fence lets them stay. */
static void test_own_node(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        ask(&world, 4, 1000);
        ask(&world, 5, 500);
        world.zones[MOVABLE_1].free += 5000;
        assert_int_equal(shortage(&world), 1500);
        world.zones[NORMAL_0].free = 600;
        world.zones[MOVABLE_0].free = 800;
        assert_int_equal(shortage(&world), 100);
        assert_int_equal(world.plan.needed_bytes, 1500 * PAGE);
        assert_int_equal(world.plan.available_bytes, 1400 * PAGE);
        world.plan.take_used = true;
        assert_int_equal(shortage(&world), 0);
        assert_int_equal(world.plan.available_bytes, 6400 * PAGE);
        /* but what is kept of page cache moves with its block */
        world.plan.cache_known = true;
        world.plan.keep_bytes = 1450 * PAGE;
        assert_int_equal(shortage(&world), 50);
        world.plan.take_used = false;
        world.plan.keep_bytes = 0;
        world.plan.drop_bytes = 100 * PAGE;
        assert_int_equal(shortage(&world), 0);
        assert_int_equal(world.plan.needed_bytes, 1400 * PAGE);

        /* there is no other node */
        world.room.zones = &world.zones[NORMAL_1];
        world.room.n_zones = 2;
        world.plan.cache_known = false;
        assert_int_equal(shortage(&world), 0);
        assert_int_equal(world.plan.available_bytes, 5000 * PAGE);
        /* nor are there nodes at all */
        world.blocks[4].node = world.blocks[5].node = NODE_NONE;
        assert_int_equal(shortage(&world), 0);
        assert_int_equal(world.plan.available_bytes, 5000 * PAGE);
}

static void test_several_nodes(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        ask(&world, 0, 1000);
        ask(&world, 4, 1000);
        world.zones[MOVABLE_0].free += 1500;
        world.zones[MOVABLE_1].free += 500;
        /* enough in all, but what is on node 0 has to go to node 1 */
        assert_int_equal(shortage(&world), 500);
        assert_int_equal(world.plan.available_bytes, 2000 * PAGE);
        world.plan.take_used = true;
        assert_int_equal(shortage(&world), 0);
}

static void test_to_node(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        ask(&world, 4, 1000);
        world.zones[MOVABLE_0].free = 900;
        world.zones[NORMAL_1].free = 5000;
        world.request.options.to_node = 0;
        assert_int_equal(shortage(&world), 100);
        /* cache there is not given back for it */
        world.zones[MOVABLE_0].file_cache = 500;
        assert_int_equal(shortage(&world), 100);
        world.zones[NORMAL_0].free = 100;
        assert_int_equal(shortage(&world), 0);
        world.request.options.to_node = 1;
        world.plan.take_used = true;
        assert_int_equal(shortage(&world), 0);
}

/* Pages of the kernel's zones do not go to zone Movable; those of zone Movable go anywhere. */
static void test_kernel_zones(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        world.blocks[4].zones = NORMAL;
        ask(&world, 4, 1000);
        world.zones[MOVABLE_0].free = 5000;
        assert_int_equal(shortage(&world), 1000);
        world.zones[NORMAL_0] = (struct headroom_zone){
                .zone = ZONE_NORMAL,
                .free = 1500,
                .high = 100,
                .protection = 1400,
                .protection_kernel = 300,
        };
        assert_int_equal(shortage(&world), 0);
        world.zones[NORMAL_0].free = 1399;
        assert_int_equal(shortage(&world), 1);
        /* and what is movable besides has its own room */
        world.zones[NORMAL_0].free = 1400;
        ask(&world, 5, 5000);
        assert_int_equal(shortage(&world), 1000);
}

static void test_watermarks_and_cache(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        ask(&world, 4, 1000);
        world.zones[MOVABLE_0] = (struct headroom_zone){
                .zone = ZONE_MOVABLE,
                .free = 300,
                .high = 100,
                .file_cache = 1000,
                .write_pending = 200,
        };
        assert_int_equal(shortage(&world), 0);
        world.zones[MOVABLE_0].high = 101;
        assert_int_equal(shortage(&world), 1);
        world.room.swap_free = 50;
        assert_int_equal(shortage(&world), 1);
        world.request.options.swap = true;
        assert_int_equal(shortage(&world), 0);
        world.request.options.swap = false;

        /* MemAvailable knows better, and has what is free in the block itself */
        world.zones[MOVABLE_0].high = 0;
        world.room.available = BLOCK_PAGES - 1000 + 900;
        assert_int_equal(shortage(&world), 100);
}

/* Cache in the blocks is no room: of their own zone, which is theirs and others'. */
static void test_cache_that_leaves(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        ask(&world, 4, 1000);
        world.room.zones = &world.zones[NORMAL_1];
        world.room.n_zones = 2;
        world.zones[MOVABLE_1].file_cache = 1000;
        assert_int_equal(shortage(&world), 0);
        world.cold_blocks[0] = (struct cold_block){ .pfn = UINT64_C(3) * BLOCK_PAGES, .cold = 500 };
        world.cold_blocks[1] =
                (struct cold_block){ .pfn = UINT64_C(4) * BLOCK_PAGES + 512, .cold = 30, .hot = 20 };
        world.cold = (struct cold){ .blocks = world.cold_blocks, .n_blocks = 2 };
        world.request.cold = &world.cold;
        assert_int_equal(shortage(&world), 50);
}

static void check_huge(struct world *world, uint64_t needed, uint64_t available)
{
        assert_int_equal(fit_judge(&world->snapshot, &world->request, &world->plan), 0);
        assert_true(world->plan.refused);
        assert_int_equal(world->plan.reasons.n_items, 1);
        assert_int_equal(world->plan.reasons.items[0].code, REASON_NO_ROOM_FOR_HUGE_PAGES);
        assert_int_equal(world->plan.reasons.items[0].needed_bytes, needed);
        assert_int_equal(world->plan.reasons.items[0].available_bytes, available);
        reason_list_clear(&world->plan.reasons);
        world->plan.refused = false;
}

static void clear_notes(struct world *world)
{
        for (char **note = world->plan.notes; note && *note; note++)
                free(*note);
        free(world->plan.notes);
        world->plan.notes = NULL;
}

/* Free ones go with their block, but not those that are promised. */
static void test_huge_pages(void **state)
{
        static const uint64_t size = UINT64_C(2) << 20;
        struct world world;

        (void) state;

        world_init(&world);
        ask(&world, 4, 10 * 512 + 100);
        world.usage[0].pages_huge[9] = 10 * 512;
        world.zones[MOVABLE_0].free = 3 * 512 + 100;
        world.huge[0] = (struct headroom_huge){ .node = 0, .size = size, .total = 4, .free = 4 };
        world.huge[1] = (struct headroom_huge){ .node = 1, .size = size, .total = 12, .free = 9 };
        world.room.n_huge = 2;
        /* of the 10 in the block at most 3 are in use */
        assert_int_equal(shortage(&world), 0);
        assert_int_equal(world.plan.needed_bytes, (3 * 512 + 100) * PAGE);
        assert_string_equal(world.plan.notes[0],
                            "7 huge pages of 2048 KiB that are free leave their pool with the blocks");
        world.zones[MOVABLE_0].free--;
        assert_int_equal(shortage(&world), 1);
        world.zones[MOVABLE_0].free++;

        world.promise = (struct headroom_promise){ .size = size, .pages = 6 };
        world.room.n_promises = 1;
        assert_int_equal(shortage(&world), 0);
        world.promise.pages = 7; /* 13 are free, 7 of them go */
        check_huge(&world, 7 * size, 6 * size);
        clear_notes(&world);
}

/* What the page allocator cannot make has to be there. */
static void test_gigantic_pages(void **state)
{
        static const uint64_t size = UINT64_C(1) << 30;
        struct world world;

        (void) state;

        world_init(&world);
        ask(&world, 4, BLOCK_PAGES);
        ask(&world, 5, BLOCK_PAGES);
        world.snapshot.block_size = size; /* one in each block */
        world.usage[0].pages_huge[18] = world.usage[1].pages_huge[18] = 262144;
        for (size_t i = 0; i < 2; i++)
                world.steps[i].pages_in_use = 262144;
        world.plan.pages_in_use = 2 * 262144;
        world.huge[0] = (struct headroom_huge){ .node = 0, .size = size, .total = 1, .free = 1 };
        world.huge[1] = (struct headroom_huge){ .node = 1, .size = size, .total = 2, .free = 0 };
        world.room.n_huge = 2;
        check_huge(&world, 2 * size, size);
        world.huge[0].free = world.huge[0].total = 2;
        assert_int_equal(shortage(&world), 0);
        assert_int_equal(world.plan.needed_bytes, 0); /* they need no other room */
        world.promise = (struct headroom_promise){ .size = size, .pages = 1 };
        world.room.n_promises = 1;
        check_huge(&world, 3 * size, 2 * size);
        /* those that go there are elsewhere */
        world.room.n_promises = 0;
        world.request.options.to_node = 1;
        check_huge(&world, 2 * size, 0);
        clear_notes(&world);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_own_node),
                cmocka_unit_test(test_several_nodes),
                cmocka_unit_test(test_to_node),
                cmocka_unit_test(test_kernel_zones),
                cmocka_unit_test(test_watermarks_and_cache),
                cmocka_unit_test(test_cache_that_leaves),
                cmocka_unit_test(test_huge_pages),
                cmocka_unit_test(test_gigantic_pages),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
