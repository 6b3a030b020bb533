/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/page_idle.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

#define BITMAP "sys/kernel/mm/page_idle/bitmap"
#define WORDS  2048

/* A file stands for the kernel's: a page is a bit, and a word begins at each multiple of 64 pages. */
static void test_bitmap(void **state)
{
        static uint64_t none[WORDS];
        struct page_bits bits;
        struct tree *tree = NULL;
        char *root = tree_make();

        (void) state;

        tree_block(root, 0, "online", "Movable", "1");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        assert_int_equal(page_idle_mark(tree, 0, 64), -ENOENT);
        assert_int_equal(page_idle_read(tree, 0, 64, &bits), -ENOENT);
        assert_false(page_idle_exists(tree));
        tree_bytes(root, BITMAP, none, sizeof(none));
        assert_false(page_idle_exists(tree)); /* nobody's pages are marked for a tree */

        /* more than goes in one write */
        assert_int_equal(page_idle_mark(tree, 128, 128 + 1000 * 64), 0);
        assert_int_equal(page_idle_read(tree, 0, WORDS * 64, &bits), 0);
        assert_int_equal(bits.n_words, WORDS);
        for (uint64_t pfn = 0; pfn < WORDS * 64; pfn++)
                assert_int_equal(page_bits_has(&bits, pfn), pfn >= 128 && pfn < 128 + 1000 * 64);
        assert_false(page_bits_has(&bits, WORDS * 64));
        page_bits_clear(&bits);

        assert_int_equal(page_idle_read(tree, 64, 192, &bits), 0);
        assert_false(page_bits_has(&bits, 63));
        assert_false(page_bits_has(&bits, 127));
        assert_true(page_bits_has(&bits, 128));
        assert_true(page_bits_has(&bits, 191));
        assert_false(page_bits_has(&bits, 192));
        page_bits_clear(&bits);

        assert_int_equal(page_idle_read(tree, (WORDS - 1) * 64, (WORDS + 1) * 64, &bits), -ENODATA);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_bitmap),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
