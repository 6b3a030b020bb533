/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/span.h"
#include "tree.h"

#include <stdlib.h>

static void check(const char *zoneinfo, uint64_t page_size, const uint32_t *expected, size_t n_expected)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        char *root = tree_make();
        uint32_t *numbers = NULL;
        size_t n = 0;

        tree_folder(root, "sys/devices/system/memory");
        if (zoneinfo)
                tree_text(root, "proc/zoneinfo", zoneinfo);
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = page_size;
        assert_int_equal(span_blocks(tree, 1 << 20, &numbers, &n), 0);
        assert_int_equal(n, n_expected);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(numbers[i], expected[i]);
        free(numbers);
        tree_remove(root);
}

static void test_span(void **state)
{
        /* 256 pages a block */
        static const char zoneinfo[] =
                "Node 0, zone      DMA\n  pages free     3840\n        spanned  300\n"
                "  start_unusable: 7\n  start_pfn:           256\n"
                "Node 0, zone   Device\n  pages free     0\n        spanned  0\n  start_pfn: 0\n"
                "Node 1, zone   Normal\n        spanned  256\n  start_pfn:           600\n"
                "Node 1, zone  Movable\n  start_pfn: 9999\n";

        (void) state;

        check(zoneinfo, 4096, (const uint32_t[]){ 1, 2, 3 }, 3);
        check(zoneinfo, 0, NULL, 0);
        check(NULL, 4096, NULL, 0);
        check("Node 0, zone DMA\n spanned 18446744073709551615\n start_pfn: 18446744073709551615\n", 4096,
              NULL, 0);
        check(" spanned x\n start_pfn: -1\n", 4096, NULL, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_span) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
