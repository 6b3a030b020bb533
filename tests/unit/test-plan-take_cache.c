/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/offline.h"
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#define PAGE  UINT64_C(4096)
#define PAGES UINT64_C(32768) /* of a block */

/* Two blocks of a machine with room, of which the first is asked about, with page cache. */
struct world {
        struct memory_block blocks[2];
        struct snapshot snapshot;
        struct block_usage usage;
        struct headroom_zone zone;
        struct headroom room;
        struct cold_block cache[8];
        struct cold cold;
        struct offline_request request;
};

static void init(struct world *world, enum cache_mode mode)
{
        static const uint32_t first;

        *world = (struct world){
                .snapshot = { .block_size = PAGES * PAGE, .n_blocks = 2 },
                .usage = { .known = true, .pages_in_use = 8000, .pages_free = PAGES - 8000 },
                .zone = { .zone = ZONE_MOVABLE, .free = 100000, .file_cache = 8000 },
                .room = { .known = true, .n_zones = 1, .available = UINT64_MAX },
                .cold = { .source = COLD_LRU_GEN },
                .request = { .page_size = PAGE,
                             .options = OFFLINE_OPTIONS_NONE,
                             .n_blocks = 1,
                             .can_fence = true },
        };
        for (uint32_t i = 0; i < 2; i++)
                world->blocks[i] = (struct memory_block){
                        .number = i,
                        .zones = (zone_list_t) ZONE_MOVABLE,
                        .state = BLOCK_ONLINE,
                        .removable = true,
                };
        world->snapshot.blocks = world->blocks;
        world->room.zones = &world->zone;
        world->cold.blocks = world->cache;
        world->request.blocks = &first;
        world->request.usage = &world->usage;
        world->request.room = &world->room;
        world->request.cold = &world->cold;
        world->request.options.cache = mode;
}

static void cache(struct world *world, uint64_t pfn, uint32_t cold, uint32_t hot, uint32_t mapped)
{
        world->cache[world->cold.n_blocks++] =
                (struct cold_block){ .pfn = pfn, .cold = cold, .hot = hot, .mapped = mapped };
}

static void typical(struct world *world)
{
        cache(world, 0, 512, 0, 0);
        cache(world, 512, 450, 62, 0);
        cache(world, 1024, 448, 65, 0); /* too much of it is hot */
        cache(world, 2048, 0, 512, 0);
        cache(world, 2560, 512, 0, 0);
        cache(world, 3072, 400, 0, 100); /* is mapped */
        cache(world, 3584, 0, 0, 512);
}

static void expect_take(const struct offline_plan *plan, const struct pfn_range *ranges, size_t n)
{
        assert_int_equal(plan->n_take, n);
        for (size_t i = 0; i < n; i++) {
                assert_int_equal(plan->take[i].start, ranges[i].start);
                assert_int_equal(plan->take[i].end, ranges[i].end);
        }
}

static bool has_note(const struct offline_plan *plan, const char *words)
{
        for (char **note = plan->notes; note && *note; note++)
                if (strstr(*note, words))
                        return true;
        return false;
}

static void test_auto(void **state)
{
        static const struct pfn_range expected[] = { { 0, 1024 }, { 2560, 3072 } };
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        init(&world, CACHE_AUTO);
        typical(&world);
        world.cold.note = (char *) "DAMON is away";
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_false(plan.refused);
        expect_take(&plan, expected, 2);
        assert_int_equal(plan.drop_bytes, 1536 * PAGE);
        assert_int_equal(plan.keep_bytes, (513 + 512 + 500 + 512) * PAGE);
        assert_int_equal(plan.cold_source, COLD_LRU_GEN);
        assert_int_equal(plan.needed_bytes, (8000 - 1536) * PAGE);
        assert_true(has_note(&plan, "6 MiB of clean page cache are dropped: it was read no more than once"));
        assert_true(has_note(&plan, "; 7 MiB are kept"));
        assert_true(has_note(&plan, "DAMON is away"));
}

static void test_drop_and_keep(void **state)
{
        static const struct pfn_range expected[] = { { 0, 1536 }, { 2048, 3072 } };
        _cleanup_(offline_plan_clear) struct offline_plan drop = { 0 }, keep = { 0 }, slow = { 0 };
        struct world world;

        (void) state;

        init(&world, CACHE_DROP);
        typical(&world);
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &drop), 0);
        expect_take(&drop, expected, 2); /* not what is mapped */
        assert_int_equal(drop.keep_bytes, 1012 * PAGE);

        world.request.options.cache = CACHE_KEEP;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &keep), 0);
        assert_int_equal(keep.n_take, 0);
        assert_int_equal(keep.drop_bytes, 0);

        /* with all that is in use, but not where page cache is */
        world.request.options.rate = RATE_MIN_BYTES;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &slow), 0);
        assert_true(slow.take_used);
        for (size_t i = 0; i < slow.n_take; i++)
                for (size_t j = 0; j < world.cold.n_blocks; j++)
                        assert_true(slow.take[i].end <= world.cache[j].pfn ||
                                    slow.take[i].start >= world.cache[j].pfn + COLD_PAGES_EACH);
        assert_int_equal(slow.take[slow.n_take - 1].end, PAGES);
}

/* A note is there when it tells something. */
static void test_little_is_not_worth_a_note(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan little = { 0 }, dropped = { 0 }, kept = { 0 };
        struct world world;

        (void) state;

        init(&world, CACHE_AUTO);
        cache(&world, 0, 200, 0, 0);
        world.request.options.max_pause_usec = 5000;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &little), 0);
        assert_true(little.drop_bytes + little.keep_bytes > 0);
        assert_false(has_note(&little, "page cache"));

        init(&world, CACHE_AUTO);
        cache(&world, 0, 512, 0, 0);
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &dropped), 0);
        assert_true(
                has_note(&dropped, "2 MiB of clean page cache are dropped: it was read no more than once"));
        assert_false(has_note(&dropped, "kept"));

        init(&world, CACHE_AUTO);
        cache(&world, 0, 0, 512, 0);
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &kept), 0);
        assert_true(has_note(&kept, "all 2 MiB of clean page cache are kept: in use or among pages in use"));
        assert_false(has_note(&kept, "0 MiB"));
}

static void test_nobody_tells(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 }, without = { 0 };
        struct world world;

        (void) state;

        init(&world, CACHE_AUTO);
        cache(&world, 0, 0, 512, 0);
        world.cold.source = COLD_NONE;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_int_equal(plan.n_take, 0);
        assert_true(has_note(&plan, "all 2 MiB of clean page cache are kept: nobody can tell"));

        /* nobody could look: nothing may be taken, lest cache be in it */
        world.request.cold = NULL;
        world.request.options.rate = RATE_MIN_BYTES;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &without), 0);
        assert_int_equal(without.n_take, 0);
        assert_false(without.take_used);
        assert_false(without.cache_known);
}

/* What is hot and has no room goes, too. */
static void test_no_room(void **state)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };
        struct world world;

        (void) state;

        init(&world, CACHE_AUTO);
        for (uint64_t i = 0; i < 8; i++)
                cache(&world, i * 512, 0, 512, 0);
        world.usage.pages_in_use = 5000;
        world.zone.free = PAGES - 5000 + 1000;
        world.usage.pages_free = PAGES - 5000;
        assert_int_equal(offline_plan_make(&world.snapshot, &world.request, &plan), 0);
        assert_false(plan.refused);
        assert_int_equal(plan.cache, CACHE_DROP);
        assert_int_equal(plan.drop_bytes, 4096 * PAGE);
        assert_true(has_note(&plan, "it has no room elsewhere"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_auto),
                cmocka_unit_test(test_drop_and_keep),
                cmocka_unit_test(test_little_is_not_worth_a_note), cmocka_unit_test(test_nobody_tells),
                cmocka_unit_test(test_no_room),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
