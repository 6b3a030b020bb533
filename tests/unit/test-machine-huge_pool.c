/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pools of huge pages in trees of one node, of two, and of none. */
#include "daemon/machine/huge_pool.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB(n) ((uint64_t) (n) << 20)
#define GIB(n) ((uint64_t) (n) << 30)

static char *root;
static struct tree *tree;

static void pool(const char *folder, const char *nr, const char *surplus, const char *free)
{
        static const char *const names[] = { "nr_hugepages", "surplus_hugepages", "free_hugepages" };
        const char *const texts[] = { nr, surplus, free };

        for (size_t i = 0; i < 3; i++) {
                char path[200];

                (void) snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
                tree_text(root, path, texts[i]);
        }
}

static int set_up(void **state)
{
        (void) state;

        root = tree_make();
        tree_block(root, 0, "online", "Normal", "1");
        tree_text(root, "proc/meminfo",
                  "MemTotal:       8192 kB\nMemFree:        100 kB\nMemAvailable:    90 kB\n"
                  "Hugepagesize:       2048 kB\n");
        tree_text(root, "proc/buddyinfo",
                  "Node 0, zone   Normal  1 0 0 0 0 0 0 0 0 2 3\nNode 1, zone  Movable  0 0 0 0 0 0 0 0 1 0 "
                  "1\n"
                  "Node 2, zone  Movable  0 0 0 0 0 0 0 0 1 0 1\n");
        pool("sys/kernel/mm/hugepages/hugepages-2048kB", "14\n", "4\n", "7\n");
        pool("sys/kernel/mm/hugepages/hugepages-1048576kB", "1\n", "0\n", "0\n");
        tree_folder(root, "sys/kernel/mm/hugepages/hugepages-xkB");
        tree_folder(root, "sys/kernel/mm/hugepages/hugepages-64kBx");
        return 0;
}

static int tear_down(void **state)
{
        (void) state;

        tree = tree_close(tree);
        tree_remove(root);
        return 0;
}

static void open_tree(bool nodes)
{
        if (nodes) {
                pool("sys/devices/system/node/node0/hugepages/hugepages-2048kB", "9\n", "4\n", "7\n");
                pool("sys/devices/system/node/node1/hugepages/hugepages-2048kB", "5\n", "0\n", "0\n");
                tree_text(root, "sys/devices/system/node/node1/meminfo",
                          "Node 1 MemFree:  30 kB\nNode 1 Active(file):  3 kB\n"
                          "Node 1 Inactive(file):  2 kB\nNode 1 SReclaimable:  1 kB\n");
        }
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = 4096;
}

static void test_sizes(void **state)
{
        uint64_t sizes[HUGE_SIZES_MAX];

        (void) state;

        open_tree(false);
        assert_int_equal(huge_pool_sizes(tree, sizes), 2);
        assert_int_equal(sizes[0], MIB(2));
        assert_int_equal(sizes[1], GIB(1));
        assert_int_equal(huge_pool_default_size(tree), MIB(2));
}

static void test_paths(void **state)
{
        char path[HUGE_POOL_PATH_MAX];

        (void) state;

        huge_pool_path(MIB(2), -1, path);
        assert_string_equal(path, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
        huge_pool_path(GIB(16), 32767, path);
        assert_string_equal(
                path, "/sys/devices/system/node/node32767/hugepages/hugepages-16777216kB/nr_hugepages");
}

static void test_counts(void **state)
{
        struct huge_pool_counts counts;

        (void) state;

        open_tree(true);
        assert_int_equal(huge_pool_count(tree, MIB(2), -1, &counts), 0);
        assert_int_equal(counts.persistent, 10);
        assert_int_equal(counts.surplus, 4);
        assert_int_equal(counts.free, 7);
        assert_int_equal(huge_pool_count(tree, MIB(2), 1, &counts), 0);
        assert_int_equal(counts.persistent, 5);
        assert_int_equal(huge_pool_count(tree, MIB(4), 1, &counts), -ENOENT);
        assert_int_equal(huge_pool_count(tree, MIB(2), 7, &counts), -ENOENT);
}

static void test_nodes(void **state)
{
        struct huge_pool pools;
        char *message = NULL;

        (void) state;

        open_tree(true);
        assert_int_equal(huge_pool_read(tree, MIB(2), -1, &pools, &message), 0);
        assert_int_equal(pools.order, 9);
        assert_false(pools.gigantic);
        assert_int_equal(pools.n_nodes, 2); /* node 2 has no pool */
        assert_int_equal(pools.nodes[0].node, 0);
        assert_int_equal(pools.nodes[0].counts.persistent, 5);
        assert_int_equal(pools.nodes[0].pieces, 2 + 2 * 3);
        assert_int_equal(pools.nodes[1].node, 1);
        assert_int_equal(pools.nodes[1].pieces, 2);
        assert_int_equal(pools.free_pages, 1 + 2 * 512 + 3 * 1024 + 256 + 1024);
        huge_pool_clear(&pools);

        assert_int_equal(huge_pool_read(tree, MIB(2), 1, &pools, &message), 0);
        assert_int_equal(pools.n_nodes, 1);
        assert_int_equal(pools.nodes[0].node, 1);
        huge_pool_clear(&pools);

        assert_int_equal(huge_pool_read(tree, MIB(2), 7, &pools, &message), -ENOENT);
        assert_non_null(strstr(message, "2048 KiB"));
        free(message);
        message = NULL;
        assert_int_equal(huge_pool_read(tree, GIB(1), 0, &pools, &message), -ENOENT);
        free(message);
}

static void test_no_nodes(void **state)
{
        struct huge_pool pools;
        char *message = NULL;

        (void) state;

        open_tree(false);
        assert_int_equal(huge_pool_read(tree, GIB(1), -1, &pools, &message), 0);
        assert_int_equal(pools.order, 18);
        assert_true(pools.gigantic);
        assert_int_equal(pools.n_nodes, 1);
        assert_int_equal(pools.nodes[0].node, -1);
        assert_int_equal(pools.nodes[0].counts.persistent, 1);
        assert_int_equal(pools.nodes[0].pieces, 0);
        huge_pool_clear(&pools);
}

static void test_room(void **state)
{
        (void) state;

        open_tree(true);
        assert_int_equal(huge_pool_room(tree, -1), 0); /* 90 KiB are less than is spared */
        tree_text(root, "proc/meminfo", "MemTotal: 65536 kB\nMemAvailable: 32858 kB\n");
        assert_int_equal(huge_pool_room(tree, -1), 90 * 1024);
        assert_int_equal(huge_pool_room(tree, 1), (30 + 3 + 2 + 1) * 1024);
        assert_int_equal(huge_pool_room(tree, 0), 90 * 1024); /* its meminfo is not there */
        tree_text(root, "proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 12800000 kB\n");
        assert_int_equal(huge_pool_room(tree, -1), UINT64_C(12700000) * 1024);
        tree_text(root, "proc/meminfo", "MemTotal: 8192 kB\n");
        assert_true(huge_pool_room(tree, -1) == UINT64_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_sizes, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_paths, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_nodes, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_no_nodes, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_room, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
