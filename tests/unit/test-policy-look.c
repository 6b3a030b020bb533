/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/look.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAT(name, parent, user, system)                                                                    \
        "66 (" name ") S " parent " 0 0 0 -1 2359360 0 0 0 0 " user " " system " 0 0 20 0 1 0 33 0 0\n"

static struct tree *make(char **root)
{
        struct tree *tree = NULL;

        *root = tree_make();
        tree_block(*root, 0, "online", "Normal", "1");
        tree_text(*root, "sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:        4096000 kB\n");
        tree_text(*root, "sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:        2048000 kB\n");
        tree_text(*root, "proc/meminfo", "MemTotal: 6144000 kB\nHugepagesize:       2048 kB\n");
        tree_text(*root, "proc/zoneinfo", "Node 0, zone Normal\n        managed  1536000\n");
        tree_text(*root, "proc/buddyinfo",
                  "Node 0, zone   Normal  10 0 0 0 0 0 0 0 0 3 2 \nNode 0, zone  Movable  1 0 0 0 0 0 0 0 0 "
                  "0 1 \n"
                  "Node 1, zone  Movable  7 0 0 0 0 0 0 0 0 5 0 \n");
        tree_text(*root, "proc/pressure/memory",
                  "some avg10=12.34 avg60=0.00 avg300=0.00 total=7\nfull avg10=0.00 avg60=0.00\n");
        tree_text(*root, "proc/12/stat", STAT("kswapd0", "2", "3", "40"));
        tree_text(*root, "proc/13/stat", STAT("kswapd1", "2", "1", "0"));
        tree_text(*root, "proc/9/stat",
                  STAT("kswapd0", "1", "9999", "9999")); /* a process that is called so */
        tree_text(*root, "proc/10/stat", "10 (kswapd");
        tree_text(*root, "proc/sys/vm/compaction_proactiveness", "20\n");
        tree_text(*root, "proc/sys/kernel/osrelease", "7.3.4\n");
        assert_int_equal(tree_open(*root, &tree, NULL), 0);
        return tree;
}

static void test_all(void **state)
{
        struct compaction_look look, next;
        char *root, *message = NULL;
        struct tree *tree = make(&root);
        uint64_t tick = UINT64_C(1000000) / (uint64_t) sysconf(_SC_CLK_TCK);

        (void) state;

        assert_int_equal(compaction_look_read(tree, NULL, &look, &message), 0);
        assert_int_equal(look.n_orders, 11);
        assert_int_equal(look.huge_order, 9);
        assert_int_equal(look.memory_pressure, 1234);
        assert_int_equal(look.vm[VM_PROACTIVENESS], 20);
        assert_int_equal(look.vm[VM_DEFRAG_MODE], VM_SETTING_NONE);
        assert_null(look.trouble);
        assert_int_equal(look.n_nodes, 2);
        assert_int_equal(look.nodes[0].node, 0);
        assert_int_equal(look.nodes[0].memory_pages, 1024000);
        assert_int_equal(look.nodes[0].free[0], 11);
        assert_int_equal(look.nodes[0].free[10], 3);
        assert_int_equal(look.nodes[0].kswapd_pid, 12);
        assert_int_equal(look.nodes[0].kswapd_usec, 43 * tick);
        assert_int_equal(look.nodes[1].kswapd_pid, 13);
        assert_int_equal(look.nodes[1].free[9], 5);
        assert_ptr_equal(compaction_look_find(&look, 1), &look.nodes[1]);
        assert_null(compaction_look_find(&look, 2));

        /* the next one knows where kswapd is, and a node may have gone */
        tree_text(root, "proc/buddyinfo", "Node 1, zone  Movable  7 0 0 0 0 0 0 0 0 5 0 \n");
        tree_text(root, "proc/13/stat", STAT("kswapd1", "2", "1", "5"));
        tree_unlink(root, "proc/pressure/memory");
        assert_int_equal(compaction_look_read(tree, &look, &next, &message), 0);
        assert_int_equal(next.n_nodes, 1);
        assert_int_equal(next.nodes[0].kswapd_usec, 6 * tick);
        assert_false(next.pressure_known);
        assert_int_equal(next.memory_pressure, 0);
        tree_close(tree);
        tree_remove(root);
}

static void test_bad(void **state)
{
        struct compaction_look look;
        char *root, *message = NULL;
        struct tree *tree = make(&root);

        (void) state;

        tree_text(root, "proc/pressure/memory", "some avg10=-1.00\n");
        tree_text(root, "proc/12/stat", "");
        tree_text(root, "proc/13/stat", "13 (kswapd1) S 2 x\n");
        assert_int_equal(compaction_look_read(tree, NULL, &look, &message), 0);
        assert_false(look.pressure_known);
        assert_int_equal(look.nodes[0].kswapd_pid + look.nodes[1].kswapd_pid, 0);
        tree_text(root, "proc/buddyinfo", "nothing\n");
        assert_true(compaction_look_read(tree, NULL, &look, &message) < 0);
        assert_says(&message, "buddyinfo");
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all),
                cmocka_unit_test(test_bad),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
