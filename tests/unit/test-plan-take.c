/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/take.h"
#include "tree.h"

#include <string.h>

#define PAGE        UINT64_C(4096)
#define BLOCK_PAGES UINT64_C(32768)

/* Blocks 2 and 3 of one node, with page cache in some page blocks, and room as zone Movable has it. */
struct world {
        struct memory_block blocks[2];
        struct snapshot snapshot;
        uint32_t asked[2];
        struct block_usage usage[2];
        struct offline_step steps[2];
        struct headroom_zone zones[2];
        struct headroom room;
        struct cold_block cache[4];
        struct cold cold;
        struct offline_request request;
        struct offline_plan plan;
};

static void world_init(struct world *world)
{
        *world = (struct world){
                .snapshot = { .block_size = BLOCK_PAGES * PAGE, .n_blocks = 2 },
                .asked = { 2, 3 },
                .zones = { { .zone = ZONE_MOVABLE, .free = UINT64_C(1) << 20 } },
                .room = { .known = true, .n_zones = 1, .available = UINT64_MAX },
                .cache = { { .pfn = 2 * BLOCK_PAGES + 512, .cold = 400 },
                           { .pfn = 2 * BLOCK_PAGES + 1024, .cold = 350, .hot = 50 },
                           { .pfn = 3 * BLOCK_PAGES, .cold = 349, .hot = 51 },
                           { .pfn = 4 * BLOCK_PAGES - 512, .hot = 100 } },
                .cold = { .source = COLD_INACTIVE_LIST, .n_blocks = 4 },
                .request = { .n_blocks = 2,
                             .page_size = PAGE,
                             .options = OFFLINE_OPTIONS_NONE,
                             .can_fence = true },
                .plan = { .usage_known = true, .n_steps = 2, .to_node = NODE_NONE, .pages_in_use = 4000 },
        };
        world->snapshot.blocks = world->blocks;
        world->request.blocks = world->asked;
        world->request.usage = world->usage;
        world->request.room = &world->room;
        world->room.zones = world->zones;
        world->cold.blocks = world->cache;
        world->request.cold = &world->cold;
        world->plan.steps = world->steps;
        for (uint32_t i = 0; i < 2; i++) {
                world->blocks[i] = (struct memory_block){ .number = i + 2, .zones = ZONE_MOVABLE };
                world->usage[i] = (struct block_usage){ .known = true, .pages_in_use = 2000 };
                world->steps[i] =
                        (struct offline_step){ .block = i + 2, .zone = ZONE_MOVABLE, .pages_in_use = 2000 };
        }
}

static void decide(struct world *world)
{
        assert_int_equal(take_decide(&world->snapshot, &world->request, &world->plan), 0);
}

static void clear(struct world *world)
{
        world->plan.steps = NULL;
        offline_plan_clear(&world->plan);
}

static void check_take(const struct world *world, const struct pfn_range *expected, size_t n)
{
        assert_int_equal(world->plan.n_take, n);
        for (size_t i = 0; i < n; i++) {
                assert_true(world->plan.take[i].start == expected[i].start);
                assert_true(world->plan.take[i].end == expected[i].end);
        }
}

#define EXPECT(...)                                                                                         \
        (const struct pfn_range[]){ __VA_ARGS__ },                                                          \
                sizeof((const struct pfn_range[]){ __VA_ARGS__ }) / sizeof(struct pfn_range)

/* At most an eighth hot goes with the cold. */
static void test_auto(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        decide(&world);
        assert_true(world.plan.fence && !world.plan.take_used);
        assert_int_equal(world.plan.cache, CACHE_AUTO);
        assert_int_equal(world.plan.cold_source, COLD_INACTIVE_LIST);
        assert_int_equal(world.plan.drop_bytes, 800 * PAGE);
        assert_int_equal(world.plan.keep_bytes, 500 * PAGE);
        check_take(&world, EXPECT({ 2 * BLOCK_PAGES + 512, 2 * BLOCK_PAGES + 1536 }));
        assert_non_null(world.plan.notes); /* how much of each, and why: test-plan-take_cache.c */
        assert_null(world.plan.notes[1]);
        clear(&world);
}

static void test_keep_and_drop(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        world.request.options.cache = CACHE_KEEP;
        decide(&world);
        assert_int_equal(world.plan.n_take, 0);
        assert_int_equal(world.plan.keep_bytes, 1300 * PAGE);
        clear(&world);

        world_init(&world);
        world.request.options.cache = CACHE_DROP;
        decide(&world);
        assert_int_equal(world.plan.drop_bytes, 1300 * PAGE);
        check_take(&world, EXPECT({ 2 * BLOCK_PAGES + 512, 2 * BLOCK_PAGES + 1536 },
                                  { 3 * BLOCK_PAGES, 3 * BLOCK_PAGES + 512 },
                                  { 4 * BLOCK_PAGES - 512, 4 * BLOCK_PAGES }));
        clear(&world);
}

/* With what is in use, but around the cache that is kept. */
static void test_take_used(void **state)
{
        struct world world;

        (void) state;

        for (int why = 0; why < 3; why++) {
                world_init(&world);
                world.request.options.cache = CACHE_KEEP;
                if (why == 0)
                        world.request.options.rate = RATE_MIN_BYTES;
                else if (why == 1)
                        world.request.options.max_pause_usec = MAX_PAUSE_MIN_USEC;
                else
                        world.request.options.to_node = 0;
                decide(&world);
                assert_true(world.plan.take_used);
                check_take(&world, EXPECT({ 2 * BLOCK_PAGES, 2 * BLOCK_PAGES + 512 },
                                          { 2 * BLOCK_PAGES + 1536, 3 * BLOCK_PAGES },
                                          { 3 * BLOCK_PAGES + 512, 4 * BLOCK_PAGES - 512 }));
                if (why == 1)
                        assert_string_equal(world.plan.notes[0],
                                            "page cache that is kept moves with its block, in one step");
                else
                        assert_null(world.plan.notes);
                clear(&world);
        }
        /* nobody looked where page cache is: nothing is taken that may be some */
        world_init(&world);
        world.request.cold = NULL;
        world.request.options.rate = RATE_MIN_BYTES;
        decide(&world);
        assert_false(world.plan.take_used || world.plan.cache_known);
        assert_int_equal(world.plan.n_take, 0);
        clear(&world);
}

/* Hot cache is dropped where it has no room; what would have to leave its node is taken, where it has none
 * there. */
static void test_no_room(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        world.zones[0].free = 3000; /* 3200 are left when the cold ones are dropped */
        decide(&world);
        assert_int_equal(world.plan.cache, CACHE_DROP);
        assert_int_equal(world.plan.drop_bytes, 1300 * PAGE);
        assert_string_equal(world.plan.notes[0],
                            "page cache that is in use is dropped, too: it has no room elsewhere");
        clear(&world);

        world_init(&world);
        world.zones[1] = (struct headroom_zone){ .node = 1, .zone = ZONE_MOVABLE, .free = 3100 };
        world.room.n_zones = 2;
        decide(&world);
        assert_true(world.plan.take_used);
        assert_int_equal(world.plan.cache, CACHE_AUTO);
        assert_string_equal(world.plan.notes[0],
                            "a fence takes what is in use, too: other nodes have no room for it");
        assert_non_null(world.plan.notes[1]);
        assert_null(world.plan.notes[2]);
        clear(&world);
        /* that is no help where its own has none either */
        world_init(&world);
        world.zones[0].free = 0;
        world.zones[1] = (struct headroom_zone){ .node = 1, .zone = ZONE_MOVABLE, .free = 100 };
        world.room.n_zones = 2;
        world.request.options.cache = CACHE_KEEP;
        decide(&world);
        assert_false(world.plan.take_used);
        assert_null(world.plan.notes);
        clear(&world);
}

/* What is mapped stays with "drop", unless it would leave the node that all is to stay on. */
static void test_drop_on_own_node(void **state)
{
        struct world world;

        (void) state;

        for (int own = 0; own < 2; own++) {
                world_init(&world);
                world.cache[3].mapped = 50;
                world.zones[1] = (struct headroom_zone){
                        .node = 1, .zone = ZONE_MOVABLE, .free = UINT64_C(1) << 20
                };
                world.room.n_zones = 2;
                world.request.options.cache = CACHE_DROP;
                world.request.options.to_node = own ? 0 : 1;
                decide(&world);
                assert_true(world.plan.take_used);
                assert_int_equal(world.plan.keep_bytes, own ? 0 : 150 * PAGE);
                assert_int_equal(world.plan.drop_bytes, (own ? 1350 : 1200) * PAGE);
                if (own)
                        assert_string_equal(world.plan.notes[0], "page cache that processes map is dropped, "
                                                                 "too: moved, it would leave node 0");
                clear(&world);
        }
}

static void test_without_fence(void **state)
{
        struct world world;

        (void) state;

        world_init(&world);
        world.request.can_fence = false;
        world.request.no_fence = "memctl.ko is not loaded";
        world.request.options.cache = CACHE_DROP;
        world.request.options.max_pause_usec = MAX_PAUSE_MIN_USEC;
        decide(&world);
        assert_false(world.plan.fence || world.plan.take_used || world.plan.cache_known);
        assert_int_equal(world.plan.cache, CACHE_KEEP);
        assert_non_null(strstr(world.plan.notes[0], "memctl.ko is not loaded"));
        assert_non_null(strstr(world.plan.notes[1], "not dropped"));
        assert_non_null(strstr(world.plan.notes[2], "in one step"));
        assert_null(world.plan.notes[3]);
        clear(&world);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_auto),          cmocka_unit_test(test_keep_and_drop),
                cmocka_unit_test(test_take_used),     cmocka_unit_test(test_no_room),
                cmocka_unit_test(test_without_fence),
                cmocka_unit_test(test_drop_on_own_node),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
