/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/buddy.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char buddyinfo[] = "Node 0, zone      DMA      1      0      0      0      2      1      1     "
                                " 0      1      1      3 \n"
                                "Node 0, zone   Normal  16395   9730   4390   1707    765    261     32     "
                                " 3      2      3     59 \n"
                                "Node 1, zone  Movable      0      0      0      0      0      0      0     "
                                " 0      0      1    500 \n";

static void test_zones(void **state)
{
        uint64_t free[BUDDY_ORDERS_MAX];
        struct tree *tree = NULL;
        char *root = tree_make(), *message = NULL;
        struct buddy buddy;

        (void) state;

        tree_block(root, 0, "online", "Normal", "1");
        tree_text(root, "proc/buddyinfo", buddyinfo);
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        assert_int_equal(buddy_read(tree, &buddy, &message), 0);
        assert_int_equal(buddy.n_orders, 11);
        assert_int_equal(buddy.n_zones, 3);
        assert_int_equal(buddy.zones[0].node, 0);
        assert_string_equal(buddy.zones[0].name, "DMA");
        assert_int_equal(buddy.zones[1].free[0], 16395);
        assert_int_equal(buddy.zones[1].free[10], 59);
        assert_int_equal(buddy.zones[2].node, 1);

        assert_true(buddy_add_up(&buddy, 0, free));
        assert_int_equal(free[0], 16396);
        assert_int_equal(free[10], 62);
        assert_true(buddy_add_up(&buddy, -1, free));
        assert_int_equal(free[10], 562);
        assert_false(buddy_add_up(&buddy, 2, free));

        buddy_clear(&buddy);
        tree_close(tree);
        tree_remove(root);
}

static void assert_refused(const char *text)
{
        char *message = NULL;
        struct buddy buddy;

        assert_int_equal(buddy_parse(text, &buddy, &message), -EBADMSG);
        assert_non_null(strstr(message, "accepted are lines like"));
        free(message);
}

static void test_what_is_none(void **state)
{
        char many[600] = "Node 0, zone Normal";

        (void) state;

        assert_refused("");
        assert_refused("\n");
        assert_refused("Node 0, zone Normal\n");
        assert_refused("Node 0, zone Normal -1\n");
        assert_refused("Node 0, zone Normal 1 2x\n");
        assert_refused("Node 0, zone Normal 99999999999999999999\n");
        assert_refused("Node -1, zone Normal 1\n");
        assert_refused("Node 0, zone Normal 1 2\nNode 1, zone Normal 1\n");
        assert_refused("Node 0, zone Normal 1 2\nrubbish\nNode 1, zone Normal 1 2\n");
        assert_refused("Node 0, zone Normal 1 2\nrubbish\n");
        assert_refused("Node 0, zone Normal 1 2\nrubbish");
        for (int i = 0; i < 33; i++)
                strcat(many, " 1");
        assert_refused(many);
}

static void test_no_file(void **state)
{
        struct tree *tree = NULL;
        char *root = tree_make(), *message = NULL;
        struct buddy buddy;

        (void) state;

        tree_block(root, 0, "online", "Normal", "1");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        assert_int_equal(buddy_read(tree, &buddy, &message), -ENODATA);
        assert_non_null(strstr(message, "/proc/buddyinfo cannot be read"));
        free(message);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_zones),
                cmocka_unit_test(test_what_is_none),
                cmocka_unit_test(test_no_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
