/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/kpageflags.h"
#include "daemon/pages/survey.h"
#include "daemon/pages/usage.h"
#include "tree.h"

#include <errno.h>
#include <linux/kernel-page-flags.h>
#include <stdlib.h>
#include <string.h>

#define FLAG(bit) (UINT64_C(1) << (bit))

#define PGTABLE  FLAG(26)
#define RESERVED FLAG(32)
#define MLOCKED  FLAG(33)

#define HEAD FLAG(KPF_COMPOUND_HEAD)
#define TAIL FLAG(KPF_COMPOUND_TAIL)

/* Blocks of 64 pages. */
#define PAGES      64
#define BLOCK_SIZE (PAGES * (uint64_t) sysconf(_SC_PAGESIZE))

static void test_classes(void **state)
{
        static const struct {
                uint64_t flags;
                enum memctl_class class;
        } cases[] = {
                { FLAG(KPF_NOPAGE), MEMCTL_CLASS_UNSPEC },
                { FLAG(KPF_HWPOISON) | FLAG(KPF_BUDDY), MEMCTL_CLASS_HWPOISON },
                { FLAG(KPF_BUDDY), MEMCTL_CLASS_FREE },
                { FLAG(KPF_OFFLINE), MEMCTL_CLASS_OFFLINE },
                { RESERVED | FLAG(KPF_ZERO_PAGE), MEMCTL_CLASS_RESERVED },
                { FLAG(KPF_SLAB) | FLAG(KPF_UPTODATE), MEMCTL_CLASS_SLAB },
                { PGTABLE, MEMCTL_CLASS_PAGE_TABLE },
                { FLAG(KPF_HUGE) | FLAG(KPF_MMAP), MEMCTL_CLASS_HUGETLB },
                { MLOCKED | FLAG(KPF_LRU) | FLAG(KPF_ANON) | FLAG(KPF_UNEVICTABLE),
                  MEMCTL_CLASS_LRU_MLOCKED },
                { FLAG(KPF_UNEVICTABLE) | FLAG(KPF_LRU) | FLAG(KPF_SWAPBACKED), MEMCTL_CLASS_LRU_SHMEM },
                { FLAG(KPF_LRU) | FLAG(KPF_ANON) | FLAG(KPF_SWAPBACKED), MEMCTL_CLASS_LRU_ANON },
                { FLAG(KPF_LRU) | FLAG(KPF_ANON), MEMCTL_CLASS_LRU_ANON },
                { FLAG(KPF_LRU) | FLAG(KPF_UPTODATE), MEMCTL_CLASS_LRU_FILE },
                { FLAG(KPF_ANON) | FLAG(KPF_MMAP), MEMCTL_CLASS_LRU_CACHED },
                { FLAG(KPF_SWAPBACKED), MEMCTL_CLASS_LRU_CACHED },
                { FLAG(KPF_UPTODATE) | FLAG(KPF_MMAP), MEMCTL_CLASS_LRU_CACHED },
                /* a driver's page that is mapped looks just so: not to be called movable */
                { FLAG(KPF_MMAP), MEMCTL_CLASS_OTHER },
                { 0, MEMCTL_CLASS_OTHER },
        };

        (void) state;

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                assert_int_equal(kpageflags_class(cases[i].flags), cases[i].class);
}

static struct tree *make_tree(char **root, const uint64_t *flags, size_t size)
{
        struct tree *tree;

        *root = tree_make();
        tree_folder(*root, "sys/devices/system/memory");
        tree_bytes(*root, "proc/kpageflags", flags, size);
        assert_int_equal(tree_open(*root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        return tree;
}

static void set(uint64_t *flags, size_t from, size_t to, uint64_t value)
{
        for (size_t i = from; i < to; i++)
                flags[i] = value;
}

static void test_orders(void **state)
{
        uint64_t flags[2 * PAGES] = { 0 };
        struct page_census census;
        struct tree *tree;
        char *root;

        (void) state;

        /* free from 3 to 32: 1 + 4 + 8 + 16; a folio of 16 with one bad page; two of 8; slab of 2; singles
         */
        set(flags, 0, 3, FLAG(KPF_LRU));
        set(flags, 3, 32, FLAG(KPF_BUDDY));
        flags[32] = HEAD | FLAG(KPF_LRU) | FLAG(KPF_UPTODATE);
        set(flags, 33, 48, TAIL);
        flags[40] |= FLAG(KPF_HWPOISON);
        flags[48] = HEAD | FLAG(KPF_LRU) | FLAG(KPF_ANON);
        set(flags, 49, 56, TAIL | FLAG(KPF_ANON));
        flags[56] = HEAD | FLAG(KPF_LRU) | FLAG(KPF_ANON);
        set(flags, 57, 62, TAIL);
        set(flags, 62, 64, TAIL);
        /* block 1: slab, page tables, others, and a compound page that reaches beyond its end */
        flags[64] = HEAD | FLAG(KPF_SLAB);
        flags[65] = TAIL;
        set(flags, 66, 70, PGTABLE);
        set(flags, 70, 96, FLAG(KPF_NOPAGE));
        flags[96] = HEAD;
        set(flags, 97, 128, TAIL);
        tree = make_tree(&root, flags, sizeof(flags));

        assert_int_equal(page_census_take(tree, 0, PAGES, &census), 0);
        assert_int_equal(census.pages[MEMCTL_CLASS_FREE][0], 1);
        assert_int_equal(census.pages[MEMCTL_CLASS_FREE][2], 4);
        assert_int_equal(census.pages[MEMCTL_CLASS_FREE][3], 8);
        assert_int_equal(census.pages[MEMCTL_CLASS_FREE][4], 16);
        assert_int_equal(census.pages[MEMCTL_CLASS_LRU_FILE][0], 3);
        assert_int_equal(census.pages[MEMCTL_CLASS_LRU_FILE][4], 15);
        assert_int_equal(census.pages[MEMCTL_CLASS_HWPOISON][0], 1);
        assert_int_equal(census.pages[MEMCTL_CLASS_LRU_ANON][3], 16);
        assert_int_equal(census.n_keepers, 0);

        assert_int_equal(page_census_take(tree, PAGES, PAGES, &census), 0);
        assert_int_equal(census.pages[MEMCTL_CLASS_SLAB][1], 2);
        assert_int_equal(census.pages[MEMCTL_CLASS_PAGE_TABLE][0], 4);
        assert_int_equal(census.pages[MEMCTL_CLASS_UNSPEC][0], 26);
        assert_int_equal(census.pages[MEMCTL_CLASS_OTHER][5], 32);
        assert_int_equal(census.n_keepers, 3);
        assert_int_equal(census.keepers[0].pfn, 64);
        assert_int_equal(census.keepers[0].pages, 2);
        assert_int_equal(census.keepers[2].pfn, 96);
        assert_int_equal(census.keepers[2].pages, 32);
        tree_close(tree);
        tree_remove(root);
}

/* A huge page may be larger than a block: of its inner blocks no page says what it is, on some kernels. */
static void test_page_larger_than_blocks(void **state)
{
        uint64_t flags[5 * PAGES];
        struct page_census census;
        struct tree *tree;
        char *root;

        (void) state;

        flags[0] = HEAD | FLAG(KPF_HUGE);
        set(flags, 1, 4 * PAGES, TAIL);
        set(flags, 4 * PAGES, 5 * PAGES, FLAG(KPF_BUDDY));
        tree = make_tree(&root, flags, sizeof(flags));
        for (uint64_t block = 0; block < 4; block++) {
                assert_int_equal(page_census_take(tree, block * PAGES, PAGES, &census), 0);
                assert_int_equal(census.pages[MEMCTL_CLASS_HUGETLB][8], PAGES);
        }
        assert_int_equal(page_census_take(tree, 4 * PAGES, PAGES, &census), 0);
        assert_int_equal(census.pages[MEMCTL_CLASS_FREE][6], PAGES);
        assert_int_equal(page_census_take(tree, 5 * PAGES, PAGES, &census), -ENODATA);
        tree_close(tree);
        tree_remove(root);
}

/* What a block with 512 pages, whose first 8 look like its own memory map, is counted as. */
static void check_memmap(const char *parameter, uint64_t flag, size_t n, uint64_t memmap)
{
        static uint64_t flags[2 * 512];
        struct page_census census;
        struct block_usage usage;
        struct tree *tree;
        char *root;

        set(flags, 0, 1024, FLAG(KPF_BUDDY));
        set(flags, 512, 512 + n, flag);
        tree = make_tree(&root, flags, sizeof(flags));
        tree_folder(root, "sys/module/memory_hotplug/parameters");
        if (parameter)
                tree_text(root, "sys/module/memory_hotplug/parameters/memmap_on_memory", parameter);
        assert_int_equal(page_census_take(tree, 512, 512, &census), 0);
        assert_int_equal(census.pages[MEMCTL_CLASS_MEMMAP][0], memmap);
        assert_int_equal(census.pages[MEMCTL_CLASS_RESERVED][0] + census.pages[MEMCTL_CLASS_OTHER][0],
                         n - memmap);
        assert_int_equal(census.n_keepers, memmap < n);
        assert_int_equal(block_usage_read(tree, 512 * (uint64_t) sysconf(_SC_PAGESIZE), 1, &usage), 0);
        assert_int_equal(usage.pages_in_use, n - memmap);   /* it needs no room elsewhere */
        tree_close(tree);
        tree_remove(root);
}

/* It goes with the block: it is told apart, and is no keeper. */
static void test_own_memmap(void **state)
{
        uint64_t own = FLAG(37);

        (void) state;

        check_memmap("Y\n", own, 8, 8);
        check_memmap("force\n", own, 32, 32);
        check_memmap("1\n", own | RESERVED, 8, 8);
        check_memmap("Y\n", own, 6, 0);                      /* too few for one */
        check_memmap("Y\n", RESERVED, 8, 0);                 /* something else that is reserved */
        check_memmap("Y\n", own | FLAG(KPF_MMAP), 8, 0);     /* a driver's */
        check_memmap("N\n", own, 8, 0);
        check_memmap(NULL, own, 8, 0);
}

/* Whatever is in the file, each page is counted once. */
static void test_any_bits(void **state)
{
        uint64_t flags[2 * PAGES];
        struct page_census census;

        (void) state;

        srandom(1);
        for (int round = 0; round < 200; round++) {
                uint64_t sum = 0;
                struct tree *tree;
                char *root;

                for (size_t i = 0; i < 2 * PAGES; i++)
                        flags[i] = ((uint64_t) random() << 16 ^ (uint64_t) random()) &
                                   (round & 1 ? UINT64_MAX : HEAD | TAIL | FLAG(KPF_BUDDY));
                tree = make_tree(&root, flags, sizeof(flags));
                assert_int_equal(page_census_take(tree, PAGES, PAGES, &census), 0);
                for (int class = 0; class <= MEMCTL_CLASS_MAX; class ++)
                        for (int order = 0; order < CENSUS_ORDERS; order++)
                                sum += census.pages[class][order];
                assert_int_equal(sum, PAGES);
                assert_true(census.n_keepers <= MEMCTL_KEEPERS_MAX);
                tree_close(tree);
                tree_remove(root);
        }
}

static void test_survey(void **state)
{
        uint64_t flags[2 * PAGES];
        struct survey survey = { 0 };
        struct survey_block block = { .survey = &survey };
        char *root, *message = NULL;
        struct tree *tree;

        (void) state;

        /* every second page another keeper: more than are told of */
        for (size_t i = 0; i < 2 * PAGES; i++)
                flags[i] = i < PAGES || i % 2 ? FLAG(KPF_BUDDY) : FLAG(KPF_SLAB);
        set(flags, 0, 10, FLAG(KPF_LRU));
        tree = make_tree(&root, flags, sizeof(flags) - 8);

        assert_int_equal(survey_add_block(&survey, tree, BLOCK_SIZE, 0, &message), 0);
        assert_int_equal(survey.source, SURVEY_KPAGEFLAGS);
        assert_int_equal(survey.unknown, 1U << MEMCTL_CLASS_PINNED | 1U << MEMCTL_CLASS_MOVABLE_OPS |
                                                 1U << MEMCTL_CLASS_CMA);
        assert_null(survey.note);
        /* the file ends too early: the survey stays as it was, and that is not "no source" */
        assert_int_equal(survey_add_block(&survey, tree, BLOCK_SIZE, 1, &message), -ESTALE);
        assert_non_null(strstr(message, "proc/kpageflags ends before block 1"));
        free(message);
        assert_int_equal(survey.n_keepers, 0);
        tree_bytes(root, "proc/kpageflags", flags, sizeof(flags));
        message = NULL;
        assert_int_equal(survey_add_block(&survey, tree, BLOCK_SIZE, 1, &message), 0);

        assert_true(survey_next_block(&block));
        assert_int_equal(block.block, 0);
        assert_int_equal(block.n_keepers, 0);
        assert_int_equal(block.counts[block.n_counts - 1].class, MEMCTL_CLASS_LRU_FILE);
        assert_int_equal(block.counts[block.n_counts - 1].pages, 10);
        assert_true(survey_next_block(&block));
        assert_int_equal(block.block, 1);
        assert_int_equal(block.n_counts, 2);
        assert_int_equal(block.n_keepers, MEMCTL_KEEPERS_MAX);
        assert_int_equal(block.keepers[1].pfn, PAGES + 2);
        assert_int_equal(block.keepers[1].owner, SURVEY_OWNER_NONE);
        assert_false(survey_next_block(&block));
        survey_clear(&survey);
        tree_close(tree);
        tree_remove(root);
}

static void test_no_source(void **state)
{
        struct survey survey = { 0 };
        struct survey_block block = { .survey = &survey };
        char *root = tree_make(), *message = NULL;
        struct tree *tree;

        (void) state;

        tree_folder(root, "sys/devices/system/memory");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        assert_int_equal(survey_add_block(&survey, tree, BLOCK_SIZE, 0, &message), -ENODATA);
        assert_non_null(strstr(message, "proc/kpageflags: No such file"));
        free(message);
        assert_int_equal(survey.source, SURVEY_NONE);
        assert_false(survey_next_block(&block));
        tree_fifo(root, "proc/kpageflags");
        message = NULL;
        assert_int_equal(survey_add_block(&survey, tree, BLOCK_SIZE, 0, &message), -ENODATA);
        free(message);
        tree_close(tree);
        tree_remove(root);
}

static void test_names(void **state)
{
        (void) state;

        for (unsigned int class = 0; class <= MEMCTL_CLASS_MAX; class ++)
                assert_non_null(memory_class_name(class));
        assert_null(memory_class_name(MEMCTL_CLASS_MAX + 1));
        assert_string_equal(memory_class_name(MEMCTL_CLASS_OTHER), "other");
        assert_string_equal(survey_source_name(SURVEY_NONE), "none");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_classes),
                cmocka_unit_test(test_orders),
                cmocka_unit_test(test_own_memmap),
                cmocka_unit_test(test_any_bits),
                cmocka_unit_test(test_page_larger_than_blocks),
                cmocka_unit_test(test_survey),
                cmocka_unit_test(test_no_source),
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
