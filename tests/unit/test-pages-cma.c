/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma.h"
#include "tree.h"

#include <unistd.h>

#define AREA "sys/kernel/mm/cma/"

static struct cma_areas read_areas(const char *root)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct cma_areas areas;

        tree_folder(root, "sys/devices/system/memory");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = 4096;
        assert_int_equal(cma_read(tree, &areas), 0);
        return areas;
}

static void test_none(void **state)
{
        char *root = tree_make();
        struct cma_areas areas = read_areas(root);

        (void) state;

        assert_int_equal(areas.n, 0);
        assert_true(areas.all.total_bytes == CMA_NOT_TOLD && areas.all.alloc_failed == CMA_NOT_TOLD);
        cma_clear(&areas);
        tree_remove(root);
}

/* The only area has what the kernel says of all. */
static void test_one(void **state)
{
        char *root = tree_make();
        struct cma_areas areas;

        (void) state;

        tree_text(root, "proc/meminfo", "CmaTotal:  262144 kB\nCmaFree:  1024 kB\n");
        tree_text(root, AREA "linux,cma/alloc_pages_success", "100\n");
        tree_text(root, AREA "linux,cma/alloc_pages_fail", "17\n");
        areas = read_areas(root);
        assert_int_equal(areas.n, 1);
        assert_string_equal(areas.areas[0].name, "linux,cma");
        assert_int_equal(areas.areas[0].total_bytes, 256 << 20);
        assert_int_equal(areas.areas[0].free_bytes, 1 << 20);
        assert_int_equal(areas.all.alloc_success, 100);
        assert_int_equal(areas.all.alloc_failed, 17);
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
        tree_text(root, AREA "a/alloc_pages_success", "18446744073709551615\n");
        areas = read_areas(root);
        assert_int_equal(areas.n, 2);
        assert_string_equal(areas.areas[0].name, "a");
        assert_int_equal(areas.areas[0].total_bytes, 1 << 20);
        assert_int_equal(areas.areas[0].free_bytes, 4096);
        assert_true(areas.areas[1].free_bytes == CMA_NOT_TOLD);
        assert_int_equal(areas.all.total_bytes, 3 << 20);
        assert_true(areas.all.free_bytes == CMA_NOT_TOLD);
        assert_true(areas.all.alloc_failed == CMA_NOT_TOLD);
        cma_clear(&areas);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_none),
                cmocka_unit_test(test_one),
                cmocka_unit_test(test_several),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
