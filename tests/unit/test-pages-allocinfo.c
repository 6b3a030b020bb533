/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/allocinfo.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_text(const char *text, struct allocation_list *list)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        char *root = tree_make();
        int r;

        tree_folder(root, "sys/devices/system/memory");
        if (text)
                tree_text(root, "proc/allocinfo", text);
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        r = allocinfo_read(tree, list);
        tree_remove(root);
        return r;
}

static void test_most_first(void **state)
{
        struct allocation_list list;
        char text[4096];
        size_t length;

        (void) state;

        length = (size_t) snprintf(text, sizeof(text),
                                   "allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n"
                                   "           0        0 init/main.c:1344 func:do_initcalls \n"
                                   "        -640        1 mm/a.c:1 func:below_zero \n"
                                   "    99999999      713 mm/slub.c:2425 func:alloc_slab_page \n"
                                   "      409600      100 drivers/x.c:7 [zram] func:zram_init \n");
        for (int i = 1; i <= 12; i++)
                length += (size_t) snprintf(text + length, sizeof(text) - length,
                                            "%12d %8d mm/f.c:%d func:f%d \n", i, 1, i, i);
        assert_int_equal(read_text(text, &list), 0);
        assert_int_equal(list.n_items, ALLOCATIONS_MAX);
        assert_string_equal(list.items[0].place, "mm/slub.c:2425 func:alloc_slab_page");
        assert_int_equal(list.items[0].bytes, 99999999);
        assert_string_equal(list.items[1].place, "drivers/x.c:7 [zram] func:zram_init");
        assert_int_equal(list.items[2].bytes, 12);
        assert_int_equal(list.items[9].bytes, 5);
}

static void test_not_there(void **state)
{
        struct allocation_list list;

        (void) state;

        assert_int_equal(read_text(NULL, &list), -ENOENT);
        assert_int_equal(read_text("", &list), -EBADMSG);
        assert_int_equal(read_text("something else\n1 1 x\n", &list), -EBADMSG);
        assert_int_equal(list.n_items, 0);
}

static void test_lines_that_are_none(void **state)
{
        struct allocation_list list;

        (void) state;

        assert_int_equal(read_text("allocinfo - version: 1.0\n"
                                   "x 1 mm/a.c:1\n1 y mm/a.c:1\n5 5\n5 5 \n\n \n"
                                   "99999999999999999999999 1 mm/a.c:1\n"
                                   "7 1 mm/\001.c:1\n"
                                   "8 1 mm/b.c:1 func:g\n9 1",
                                   &list),
                         0);
        assert_int_equal(list.n_items, 1);
        assert_int_equal(list.items[0].bytes, 8);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_most_first),
                cmocka_unit_test(test_not_there),
                cmocka_unit_test(test_lines_that_are_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
