/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cold.h"
#include "tree.h"

#include <errno.h>
#include <linux/kernel-page-flags.h>
#include <stdlib.h>

#define FLAG(bit) (UINT64_C(1) << (bit))
#define CACHE     (FLAG(KPF_LRU) | FLAG(KPF_UPTODATE))
#define HEAD      (CACHE | FLAG(KPF_COMPOUND_HEAD))
#define TAIL      FLAG(KPF_COMPOUND_TAIL)
#define PAGES     UINT64_C(2048)

static void test_witnesses(void **state)
{
        static uint64_t words[2] = { UINT64_C(1) << 3, 0 };
        const struct page_bits bits = { .start = 64, .n_words = 2, .words = words };
        static struct cold_range items[] = { { 64, 68 }, { 100, 120 } };
        const struct cold_ranges ranges = { .ranges = items, .n_ranges = 2 }, none = { 0 };
        struct cold_evidence evidence = { .lists = COLD_NONE, .untouched = &ranges };

        (void) state;

        assert_false(cold_is_cold(&evidence, 66, 66, CACHE)); /* a watcher alone does not tell */
        evidence.lists = COLD_INACTIVE_LIST;
        assert_true(cold_is_cold(&evidence, 66, 66, CACHE));
        assert_true(cold_is_cold(&evidence, 66, 66, CACHE | FLAG(KPF_REFERENCED))); /* read once */
        assert_false(cold_is_cold(&evidence, 66, 66, CACHE | FLAG(KPF_ACTIVE)));
        assert_false(cold_is_cold(&evidence, 68, 68, CACHE));
        assert_true(cold_is_cold(&evidence, 119, 119, CACHE));
        assert_false(cold_is_cold(&evidence, 120, 120, CACHE));
        assert_false(cold_is_cold(&evidence, 0, 0, CACHE));
        evidence.untouched = &none;
        assert_false(cold_is_cold(&evidence, 66, 66, CACHE));
        evidence.untouched = NULL;

        evidence.lists = COLD_LRU_GEN;
        assert_false(cold_is_cold(&evidence, 66, 66, CACHE)); /* nobody has said */
        evidence.hot = &bits;
        assert_true(cold_is_cold(&evidence, 66, 66, CACHE));
        assert_true(cold_is_cold(&evidence, 66, 66, CACHE | FLAG(KPF_ACTIVE))); /* says nothing there */
        assert_false(cold_is_cold(&evidence, 67, 67, CACHE));
        assert_true(cold_is_cold(&evidence, 67 + 128, 67, CACHE)); /* not in the bits */

        evidence = (struct cold_evidence){ .lists = COLD_INACTIVE_LIST, .idle = &bits };
        assert_true(cold_is_cold(&evidence, 67, 67, CACHE));
        assert_true(cold_is_cold(&evidence, 70, 67, CACHE)); /* the head's bit is the folio's */
        assert_false(cold_is_cold(&evidence, 70, 70, CACHE));
}

static void test_count(void **state)
{
        const struct cold_evidence evidence = { .lists = COLD_INACTIVE_LIST };
        struct tree *tree = NULL;
        struct cold cold = { 0 };
        static uint64_t flags[PAGES];
        char *root = tree_make();

        (void) state;

        /* the first page block: cold, hot, mapped, and none of all that */
        for (size_t i = 0; i < 100; i++)
                flags[i] = CACHE;
        for (size_t i = 100; i < 130; i++)
                flags[i] = CACHE | FLAG(KPF_ACTIVE);
        for (size_t i = 130; i < 150; i++)
                flags[i] = CACHE | FLAG(KPF_MMAP);
        flags[150] = CACHE | FLAG(KPF_DIRTY);
        flags[151] = CACHE | FLAG(KPF_WRITEBACK);
        flags[152] = CACHE | FLAG(KPF_ANON) | FLAG(KPF_SWAPBACKED);
        flags[153] = CACHE | FLAG(KPF_SWAPBACKED); /* shmem */
        flags[154] = FLAG(KPF_BUDDY);
        /* the second has nothing, the third a folio of which one page is mapped; the fourth goes on with it
         */
        flags[1024] = HEAD;
        for (size_t i = 1025; i < 2048; i++)
                flags[i] = TAIL;
        flags[1030] = TAIL | FLAG(KPF_MMAP);
        tree_block(root, 0, "online", "Movable", "1");
        tree_bytes(root, "proc/kpageflags", flags, sizeof(flags));
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);

        assert_int_equal(cold_count(tree, 0, PAGES, &evidence, &cold), 0);
        assert_int_equal(cold.n_blocks, 3);
        assert_int_equal(cold.blocks[0].pfn, 0);
        assert_int_equal(cold.blocks[0].cold, 100);
        assert_int_equal(cold.blocks[0].hot, 30);
        assert_int_equal(cold.blocks[0].mapped, 20);
        assert_int_equal(cold.blocks[1].pfn, 1024);
        assert_int_equal(cold.blocks[1].cold, 511);
        assert_int_equal(cold.blocks[1].mapped, 1);
        assert_int_equal(cold.blocks[2].pfn, 1536);
        assert_int_equal(cold.blocks[2].cold, 512);
        assert_int_equal(cold_pages(&cold), 100 + 511 + 512);

        assert_int_equal(cold_count(tree, PAGES, PAGES + 512, &evidence, &cold),
                         -ENODATA); /* no such memory */
        tree_unlink(root, "proc/kpageflags");
        assert_int_equal(cold_count(tree, 0, PAGES, &evidence, &cold), -ENOENT);
        assert_int_equal(cold.n_blocks, 3);
        cold_clear(&cold);
        tree_close(tree);
        tree_remove(root);
}

static void test_names(void **state)
{
        (void) state;

        assert_string_equal(cold_source_name(COLD_NONE), "none");
        assert_string_equal(cold_source_name(COLD_DAMON), "damon");
        assert_string_equal(cold_source_name(COLD_PAGE_IDLE), "page_idle");
        assert_string_equal(cold_source_name(COLD_LRU_GEN), "lru_gen");
        assert_string_equal(cold_source_name(COLD_INACTIVE_LIST), "inactive_list");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_witnesses),
                cmocka_unit_test(test_count),
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
