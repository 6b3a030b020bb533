/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/headroom.h"
#include "tree.h"

#include <stdlib.h>

static const char zoneinfo[] =
        "Node 0, zone      DMA\n"
        "  per-node stats\n"
        "      nr_inactive_file 99999\n"
        "      nr_free_pages 5\n"
        "  pages free     3840\n"
        "        boost    0\n"
        "        min      66\n"
        "        low      82\n"
        "        high     98\n"
        "        spanned  4095\n"
        "        present  3998\n"
        "        managed  3840\n"
        "        cma      0\n"
        "        protection: (0, 2902, 7825, 7825, 7826)\n"
        "      nr_free_pages 3840\n"
        "  pagesets\n"
        "    cpu: 0\n"
        "              count: 0\n"
        "              high:  4\n"
        "Node 0, zone   Normal\n"
        "  pages free     0\n"
        "        managed  0\n"
        "        protection: (0, 0)\n"
        "Node 1, zone  Movable\n"
        "  pages free     1000\n"
        "        high     20\n"
        "        managed  5000\n"
        "        protection: (7)\n"
        "      nr_zone_inactive_file 300\n"
        "      nr_zone_active_file 40\n"
        "      nr_zone_write_pending 5\n";

static void test_zones_and_pools(void **state)
{
        struct tree *tree = NULL;
        struct headroom room;
        char *root = tree_make();

        (void) state;

        tree_block(root, 0, "online", "Normal", "1");
        tree_text(root, "proc/zoneinfo", zoneinfo);
        tree_text(root, "proc/meminfo", "MemTotal: 80 kB\nMemAvailable:   4096 kB\nSwapFree: 8192 kB\n");
        tree_text(root, "sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages", "2\n");
        tree_text(root, "sys/devices/system/node/node1/hugepages/hugepages-1048576kB/free_hugepages", "0\n");
        tree_text(root, "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages", "9\n");
        tree_text(root, "sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages", "4\n");
        tree_text(root, "sys/devices/system/node/node1/hugepages/hugepages-64kB/nr_hugepages", "many\n");
        tree_text(root, "sys/devices/system/node/node1/hugepages/hugepages-64MB/nr_hugepages", "1\n");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        assert_int_equal(headroom_read(tree, &room), 0);

        assert_true(room.known);
        assert_int_equal(room.n_zones, 2); /* one has no pages */
        assert_int_equal(room.zones[0].node, 0);
        assert_int_equal(room.zones[0].zone, ZONE_DMA);
        assert_int_equal(room.zones[0].free, 3840);
        assert_int_equal(room.zones[0].high, 98);
        assert_int_equal(room.zones[0].protection, 7826);
        assert_int_equal(room.zones[0].file_cache, 0); /* the node's figures are not the zone's */
        assert_int_equal(room.zones[1].node, 1);
        assert_int_equal(room.zones[1].zone, ZONE_MOVABLE);
        assert_int_equal(room.zones[1].file_cache, 340);
        assert_int_equal(room.zones[1].write_pending, 5);
        assert_int_equal(room.zones[1].protection, 7);
        assert_int_equal(room.n_huge, 2);
        assert_int_equal(room.huge[0].size, UINT64_C(2) << 20);
        assert_int_equal(room.huge[0].total, 9);
        assert_int_equal(room.huge[0].free, 4);
        assert_int_equal(room.huge[1].size, UINT64_C(1) << 30);
        assert_int_equal(room.available, 1024);
        assert_int_equal(room.swap_free, 2048);
        headroom_clear(&room);
        tree_close(tree);
        tree_remove(root);
}

static void test_nothing_to_read(void **state)
{
        struct tree *tree = NULL;
        struct headroom room;
        char *root = tree_make();

        (void) state;

        tree_block(root, 0, "online", "Normal", "1");
        tree_text(root, "proc/zoneinfo",
                  "Node x, zone\nNode 0, zone Normal\n pages free 99999999999999999999999\n managed -5\n"
                  " protection: ()\n");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        tree->page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        assert_int_equal(headroom_read(tree, &room), 0);
        assert_int_equal(room.available, UINT64_MAX);
        for (size_t i = 0; i < room.n_zones; i++)
                assert_int_equal(room.zones[i].protection, 0);
        headroom_clear(&room);
        tree_unlink(root, "proc/zoneinfo");
        assert_int_equal(headroom_read(tree, &room), 0);
        assert_false(room.known);
        headroom_clear(&room);
        tree_close(tree);
        tree_remove(root);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_zones_and_pools),
                cmocka_unit_test(test_nothing_to_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
