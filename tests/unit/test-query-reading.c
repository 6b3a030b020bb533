/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Short questions asked by a process of its own: the answers are those of the functions that ask them.
 */
#include "daemon/query/reading.h"
#include "tree.h"

#include <errno.h>
#include <string.h>

#define EDAC "sys/devices/system/edac/mc/"
#define CMA  "sys/kernel/debug/cma/reserved/"

struct world {
        char *root;
        struct machine machine;
        int error;
        char *message;
        struct reading_answer answer; /* its lists are taken */
};

static void world_init(struct world *world)
{
        char *message = NULL;

        *world = (struct world){ .root = tree_make() };
        tree_text(world->root, "sys/devices/system/memory/block_size_bytes", "8000000\n");
        tree_block(world->root, 0, "online", "Movable", "1");
        tree_text(world->root, EDAC "mc0/dimm0/dimm_label", "A1\n");
        tree_text(world->root, EDAC "mc0/dimm0/dimm_ce_count", "5\n");
        tree_text(world->root, EDAC "mc0/dimm1/dimm_label", "A2\n");
        tree_text(world->root, EDAC "mc0/dimm1/dimm_ue_count", "7\n");
        tree_text(world->root, "proc/vmstat", "balloon_inflate 100\nballoon_deflate 30\ncma_alloc_fail 3\n");
        tree_text(world->root, CMA "count", "64\n");
        tree_text(world->root, CMA "order_per_bit", "0\n");
        tree_text(world->root, CMA "base_pfn", "4096\n");
        tree_text(world->root, CMA "bitmap", "255 0\n");
        assert_int_equal(sd_event_new(&world->machine.event), 0);
        assert_int_equal(tree_open(world->root, &world->machine.tree, &message), 0);
        world->machine.tree->page_size = 4096;
}

static void world_clear(struct world *world)
{
        tree_close(world->machine.tree);
        sd_event_unref(world->machine.event);
        tree_remove(world->root);
        provider_list_clear(&world->answer.providers);
        memory_totals_clear(&world->answer.totals);
        edac_clear(&world->answer.edac);
        cma_clear(&world->answer.cma);
        cma_detail_clear(&world->answer.cma_area);
        free(world->message);
}

static void on_read(void *userdata, int error, const char *message, struct reading_answer *answer)
{
        struct world *world = userdata;

        world->error = error;
        world->message = message ? strdup(message) : NULL;
        world->answer = *answer;
        *answer = (struct reading_answer){ 0 };
        assert_true(sd_event_exit(world->machine.event, 0) >= 0);
}

static void ask(struct world *world, enum reading_what what, const char *name)
{
        struct reading *reading;

        world_init(world);
        assert_int_equal(reading_new_named(&world->machine, what, name, on_read, world, &reading), 0);
        assert_true(sd_event_loop(world->machine.event) >= 0);
        reading_free(reading);
        assert_true(helpers_are_gone(10000000));
}

static void read_it(struct world *world, enum reading_what what)
{
        ask(world, what, NULL);
        assert_int_equal(world->error, 0);
}

static void test_errors(void **state)
{
        int64_t corrected, uncorrected;
        struct world world;

        (void) state;

        read_it(&world, READING_ERRORS);
        assert_int_equal(world.answer.edac.n_counts, 2);
        edac_find(&world.answer.edac, "A1", &corrected, &uncorrected);
        assert_int_equal(corrected, 5);
        assert_int_equal(uncorrected, -1);
        edac_find(&world.answer.edac, "A2", &corrected, &uncorrected);
        assert_int_equal(corrected, -1);
        assert_int_equal(uncorrected, 7);
        world_clear(&world);
}

/* A tree has no module. */
static void test_module(void **state)
{
        struct world world;

        (void) state;

        read_it(&world, READING_MODULE);
        assert_false(world.answer.loaded);
        world_clear(&world);

        read_it(&world, READING_PROVIDERS);
        assert_false(world.answer.loaded);
        assert_int_equal(world.answer.providers.n_providers, 0);
        world_clear(&world);

        read_it(&world, READING_LRU_CACHE);
        assert_false(world.answer.lru_cache.supported);
        assert_non_null(strstr(world.answer.lru_cache.reason, "running machine"));
        world_clear(&world);
}

/* Their sources are names of the daemon's own, which are where they were in the other process. */
static void test_totals(void **state)
{
        bool found = false;
        struct world world;

        (void) state;

        read_it(&world, READING_TOTALS);
        for (size_t i = 0; i < world.answer.totals.n_items; i++) {
                const struct memory_total *total = &world.answer.totals.items[i];

                found = found || (strcmp(total->source, "vmstat") == 0 &&
                                  strcmp(total->owner, "balloon") == 0 && total->pages == 70);
        }
        assert_true(found);
        world_clear(&world);
}

static void test_cma(void **state)
{
        struct world world;

        (void) state;

        read_it(&world, READING_CMA);
        assert_int_equal(world.answer.cma.n, 1);
        assert_string_equal(world.answer.cma.areas[0].name, "reserved");
        assert_int_equal(world.answer.cma.all.failed, 3);
        assert_true(world.answer.cma.n_notes > 0);
        world_clear(&world);

        ask(&world, READING_CMA_AREA, "reserved");
        assert_int_equal(world.error, 0);
        assert_int_equal(world.answer.cma_area.area.figures[CMA_TOTAL_BYTES], 64 * 4096);
        assert_int_equal(world.answer.cma_area.area.figures[CMA_FREE_RUNS], 1);
        assert_int_equal(world.answer.cma_area.map.n_bytes, 8);
        assert_int_equal(world.answer.cma_area.map.bytes[0], 255);
        assert_false(world.answer.cma_area.has_holders);
        world_clear(&world);

        ask(&world, READING_CMA_AREA, "res");
        assert_int_equal(world.error, -ENOENT);
        assert_non_null(strstr(world.message, "there are: reserved"));
        world_clear(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_errors),
                cmocka_unit_test(test_module),
                cmocka_unit_test(test_totals),
                cmocka_unit_test(test_cma),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
