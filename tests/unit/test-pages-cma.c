/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma.h"
#include "daemon/pages/cma_files.h"
#include "tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define AREA  "sys/kernel/mm/cma/"
#define DEBUG "sys/kernel/debug/cma/"

static struct tree *open_tree(const char *root)
{
        _cleanup_free_ char *memory = NULL;
        struct tree *tree;

        assert_true(asprintf(&memory, "%s/sys/devices/system/memory", root) > 0);
        if (access(memory, F_OK) < 0)
                tree_folder(root, "sys/devices/system/memory");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = 4096;
        return tree;
}

static struct cma_areas read_areas(const char *root)
{
        _cleanup_(tree_closep) struct tree *tree = open_tree(root);
        struct cma_areas areas;

        assert_int_equal(cma_read(tree, true, &areas), 0);
        return areas;
}

static void assert_told(const struct cma_area *area, enum cma_figure figure, uint64_t value,
                        enum cma_source source)
{
        assert_int_equal(area->figures[figure], value);
        assert_int_equal(area->sources[figure], source);
}

static void assert_not_told(const struct cma_area *area, enum cma_figure figure)
{
        assert_true(area->figures[figure] == CMA_NOT_TOLD);
}

static void test_none(void **state)
{
        char *root = tree_make();
        struct cma_areas areas = read_areas(root);

        (void) state;

        assert_int_equal(areas.n, 0);
        assert_true(areas.all.total_bytes == CMA_NOT_TOLD && areas.all.failed == CMA_NOT_TOLD);
        assert_int_equal(areas.n_notes, 1);
        assert_string_equal(areas.notes[0], "this kernel has no CMA area");
        cma_clear(&areas);
        tree_remove(root);
}

/* The only area has what the kernel says of all. Requests are vmstat's, pages sysfs's. */
static void test_one(void **state)
{
        char *root = tree_make();
        struct cma_areas areas;

        (void) state;

        tree_text(root, "proc/meminfo", "CmaTotal:  262144 kB\nCmaFree:  1024 kB\n");
        tree_text(root, "proc/vmstat", "cma_alloc_success 100\ncma_alloc_fail 17\n");
        tree_text(root, AREA "linux,cma/alloc_pages_success", "25600\n");
        tree_text(root, AREA "linux,cma/alloc_pages_fail", "4096\n");
        tree_text(root, AREA "linux,cma/release_pages_success", "10\n");
        areas = read_areas(root);
        assert_int_equal(areas.n, 1);
        assert_string_equal(areas.areas[0].name, "linux,cma");
        assert_told(&areas.areas[0], CMA_TOTAL_BYTES, 256 << 20, CMA_SOURCE_MEMINFO);
        assert_told(&areas.areas[0], CMA_USED_BYTES, 255 << 20, CMA_SOURCE_MEMINFO);
        assert_told(&areas.areas[0], CMA_SUCCEEDED, 100, CMA_SOURCE_VMSTAT);
        assert_told(&areas.areas[0], CMA_FAILED, 17, CMA_SOURCE_VMSTAT);
        assert_told(&areas.areas[0], CMA_SUCCEEDED_PAGES, 25600, CMA_SOURCE_SYSFS);
        assert_told(&areas.areas[0], CMA_FAILED_PAGES, 4096, CMA_SOURCE_SYSFS);
        assert_told(&areas.areas[0], CMA_RELEASED_PAGES, 10, CMA_SOURCE_SYSFS);
        assert_not_told(&areas.areas[0], CMA_LARGEST_FREE_BYTES);
        assert_int_equal(areas.all.succeeded, 100);
        assert_int_equal(areas.all.failed, 17);
        assert_int_equal(areas.all.succeeded_pages, 25600);
        assert_int_equal(areas.all.free_bytes, 1 << 20);
        cma_clear(&areas);
        tree_remove(root);
}

/* Of several each tells for itself, or nobody; a figure that one does not tell has no sum. */
static void test_several(void **state)
{
        char *root = tree_make();
        struct cma_areas areas;

        (void) state;

        tree_text(root, "proc/vmstat", "cma_alloc_success 9\ncma_alloc_fail 9\n");
        tree_text(root, AREA "b/total_pages", "512\n");
        tree_text(root, AREA "b/available_pages", "x\n");
        tree_text(root, AREA "b/alloc_pages_success", "2\n");
        tree_text(root, AREA "a/total_pages", "256\n");
        tree_text(root, AREA "a/available_pages", "1\n");
        tree_text(root, AREA "a/alloc_pages_success", "18446744073709551614\n");
        areas = read_areas(root);
        assert_int_equal(areas.n, 2);
        assert_string_equal(areas.areas[0].name, "a");
        assert_told(&areas.areas[0], CMA_TOTAL_BYTES, 1 << 20, CMA_SOURCE_SYSFS);
        assert_told(&areas.areas[0], CMA_USED_BYTES, 255 * 4096, CMA_SOURCE_SYSFS);
        assert_not_told(&areas.areas[1], CMA_USED_BYTES);
        assert_not_told(&areas.areas[0], CMA_FAILED); /* of both together */
        assert_int_equal(areas.all.total_bytes, 3 << 20);
        assert_true(areas.all.free_bytes == CMA_NOT_TOLD);
        assert_true(areas.all.failed_pages == CMA_NOT_TOLD && areas.all.succeeded_pages == UINT64_MAX);
        assert_int_equal(areas.all.failed, 9);
        cma_clear(&areas);
        tree_remove(root);
}

static void debugfs_area(const char *root, const char *name, const char *count, const char *order)
{
        char path[128];

        (void) snprintf(path, sizeof(path), DEBUG "%s/count", name);
        tree_text(root, path, count);
        (void) snprintf(path, sizeof(path), DEBUG "%s/order_per_bit", name);
        tree_text(root, path, order);
}

static void range_of(const char *root, const char *folder, const char *base, const char *bitmap)
{
        char path[128];

        (void) snprintf(path, sizeof(path), DEBUG "%s/base_pfn", folder);
        tree_text(root, path, base);
        (void) snprintf(path, sizeof(path), DEBUG "%s/bitmap", folder);
        tree_text(root, path, bitmap);
}

/* As Linux 6.12 has it; debugfs is believed before sysfs and meminfo. */
static void test_debugfs_flat(void **state)
{
        char *root = tree_make();
        uint64_t *words[MODULE_CMA_RANGES_MAX];
        struct tree *tree;
        struct cma_areas areas;
        double fragmentation;

        (void) state;

        tree_text(root, "proc/meminfo", "CmaTotal:  999 kB\nCmaFree:  1 kB\n");
        tree_text(root, AREA "reserved/total_pages", "77\n");
        debugfs_area(root, "reserved", "80", "0");
        range_of(root, "reserved", "4096", "1 2 65535\n");
        tree_text(root, DEBUG "reserved/used", "18\n");
        tree_text(root, DEBUG "reserved/maxchunk", "31\n");
        areas = read_areas(root);
        assert_int_equal(areas.n, 1);
        assert_told(&areas.areas[0], CMA_TOTAL_BYTES, 80 * 4096, CMA_SOURCE_DEBUGFS);
        assert_told(&areas.areas[0], CMA_USED_BYTES, 18 * 4096, CMA_SOURCE_DEBUGFS);
        assert_told(&areas.areas[0], CMA_LARGEST_FREE_BYTES, 31 * 4096, CMA_SOURCE_DEBUGFS);
        assert_int_equal(areas.areas[0].n_ranges, 1);
        assert_int_equal(areas.areas[0].ranges[0].start, 4096);
        assert_int_equal(areas.areas[0].ranges[0].end, 4176);
        assert_true(cma_area_fragmentation(&areas.areas[0], &fragmentation));
        assert_float_equal(fragmentation, 0.5, 1e-9);

        tree = open_tree(root);
        assert_int_equal(cma_debugfs_words(tree, &areas.areas[0], words), 0);
        assert_true(words[0][0] == (UINT64_C(2) << 32 | 1) && words[0][1] == 65535);
        free(words[0]);
        tree_close(tree);
        cma_clear(&areas);
        tree_remove(root);
}

/* As Linux 7.x has it. Where the pages do not fit the numbers, only where a range begins is known. */
static void test_debugfs_ranges(void **state)
{
        uint64_t *words[MODULE_CMA_RANGES_MAX];
        char *root = tree_make();
        struct cma_areas areas;
        struct tree *tree;

        (void) state;

        debugfs_area(root, "whole", "384", "4294967297"); /* 1, while its lock is held */
        range_of(root, "whole/ranges/0", "4096", "0 4294967295\n");
        range_of(root, "whole/ranges/1", "65536", "0x00000003 0 0 0\n");
        debugfs_area(root, "cut", "100", "0");
        range_of(root, "cut/ranges/0", "4096", "0 0\n");
        range_of(root, "cut/ranges/1", "65536", "0 0\n");
        debugfs_area(root, "overlap", "64", "0");
        range_of(root, "overlap/ranges/0", "100", "0\n");
        range_of(root, "overlap/ranges/1", "110", "0\n");
        areas = read_areas(root);
        tree = open_tree(root);
        assert_int_equal(areas.n, 3);

        assert_string_equal(areas.areas[0].name, "cut");
        assert_int_equal(areas.areas[0].n_ranges, 2);
        assert_true(areas.areas[0].ranges[0].start == 4096 && areas.areas[0].ranges[0].end == 0);
        assert_int_equal(cma_debugfs_words(tree, &areas.areas[0], words), -ENODATA);
        assert_int_equal(areas.areas[1].n_ranges, 0);

        assert_string_equal(areas.areas[2].name, "whole");
        assert_int_equal(areas.areas[2].n_ranges, 2);
        assert_int_equal(areas.areas[2].ranges[0].end, 4096 + 128);
        assert_int_equal(areas.areas[2].ranges[1].end, 65536 + 256);
        assert_told(&areas.areas[2], CMA_PIECE_BYTES, 8192, CMA_SOURCE_DEBUGFS);
        assert_int_equal(cma_debugfs_words(tree, &areas.areas[2], words), 0);
        assert_true(words[0][0] == UINT64_C(0xffffffff00000000) && words[1][0] == 3);
        free(words[0]);
        free(words[1]);
        tree_close(tree);
        cma_clear(&areas);
        tree_remove(root);
}

/* A tree may be anybody's. */
static void test_hostile_files(void **state)
{
        char *root = tree_make();
        struct cma_areas areas;

        (void) state;

        debugfs_area(root, "huge", "18446744073709551614", "0");
        range_of(root, "huge/ranges/0", "18446744073709551614", "1");
        debugfs_area(root, "order", "4", "64");
        debugfs_area(root, "0123456789012345678901234567890123456789012345678901234567890123", "4", "0");
        debugfs_area(root, "none", "0", "0");
        range_of(root, "none", "5", "x y z\n");
        tree_fifo(root, DEBUG "none/used");
        tree_folder(root, DEBUG "none/maxchunk");
        tree_text(root, AREA "a/total_pages", "5\n");
        tree_text(root, AREA "a/available_pages", "6\n");
        areas = read_areas(root);
        assert_int_equal(areas.n, 3);
        assert_not_told(cma_find(&areas, "a"), CMA_USED_BYTES);
        assert_int_equal(cma_find(&areas, "none")->n_ranges, 0);
        assert_int_equal(cma_find(&areas, "huge")->n_ranges, 0);
        assert_null(cma_find(&areas, "order"));
        cma_clear(&areas);
        tree_remove(root);
}

/* A figure that was told is not told again; nothing free is no fragmentation. */
static void test_area(void **state)
{
        const struct module_cma_area told = {
                .name = "x", .node = 1, .pages = 512, .used = 512, .needed = MODULE_CMA_NOT_TOLD
        };
        struct cma_area area;
        double fragmentation;

        (void) state;

        cma_area_init(&area, "x");
        assert_false(cma_area_fragmentation(&area, &fragmentation));
        cma_area_take_module(&area, &told, 4096);
        cma_area_tell(&area, CMA_TOTAL_BYTES, 5, CMA_SOURCE_SYSFS);
        assert_told(&area, CMA_TOTAL_BYTES, 512 * 4096, CMA_SOURCE_MODULE);
        assert_not_told(&area, CMA_NEEDED_BYTES);
        assert_false(cma_area_fragmentation(&area, &fragmentation));
        area.figures[CMA_USED_BYTES] = 4096;
        area.figures[CMA_LARGEST_FREE_BYTES] = UINT64_C(4096) * 4096; /* of another moment */
        assert_true(cma_area_fragmentation(&area, &fragmentation));
        assert_float_equal(fragmentation, 0, 1e-9);
        for (enum cma_figure i = 0; i < _CMA_FIGURES; i++)
                assert_non_null(cma_figure_name(i));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_none),           cmocka_unit_test(test_one),
                cmocka_unit_test(test_several),        cmocka_unit_test(test_debugfs_flat),
                cmocka_unit_test(test_debugfs_ranges), cmocka_unit_test(test_hostile_files),
                cmocka_unit_test(test_area),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
