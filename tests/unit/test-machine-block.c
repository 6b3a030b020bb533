/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/machine/block.h"
#include "daemon/machine/snapshot_read.h"
#include "tree.h"

#include <errno.h>
#include <string.h>

#define MEMORY "sys/devices/system/memory/"

static char *new_root(void)
{
        char *root = tree_make();

        tree_text(root, MEMORY "block_size_bytes", "8000000\n");
        return root;
}

static void assert_problem(const struct snapshot *snapshot, const char *path, const char *what)
{
        for (size_t i = 0; i < snapshot->n_problems; i++)
                if (strstr(snapshot->problems[i], path) && strstr(snapshot->problems[i], what) &&
                    strstr(snapshot->problems[i], "accepted: "))
                        return;
        fail_msg("no problem says that %s %s", path, what);
}

static void test_sound_tree(void **state)
{
        char *root = new_root();
        struct snapshot *snapshot;
        struct memory_block *block;

        (void) state;

        tree_block(root, 40, "offline", "Normal Movable", "1");
        tree_block(root, 3, "online", "DMA32", "1");
        tree_block(root, 32, "going-offline", "Movable", "0");
        tree_link(root, "sys/devices/system/node/node1/memory3", "x");
        tree_link(root, "sys/devices/system/node/node1/memory40", "x");
        snapshot = tree_snapshot(root);

        assert_int_equal(snapshot->n_problems, 0);
        assert_int_equal(snapshot->block_size, 128 << 20);
        assert_int_equal(snapshot->n_blocks, 3);
        assert_int_equal(snapshot->blocks[0].number, 3);
        assert_int_equal(snapshot->blocks[2].number, 40);
        block = snapshot_find_block(snapshot, 3);
        assert_int_equal(block->state, BLOCK_ONLINE);
        assert_int_equal(block->node, 1);
        assert_true(block->removable);
        block = snapshot_find_block(snapshot, 40);
        assert_int_equal(block->state, BLOCK_OFFLINE);
        assert_false(block->removable); /* says nothing of an offline block */
        assert_int_equal(zone_list_get(block->zones, 1), ZONE_MOVABLE);
        assert_int_equal(snapshot_find_block(snapshot, 32)->state, BLOCK_GOING_OFFLINE);
        assert_null(snapshot_find_block(snapshot, 4));
        snapshot_free(snapshot);
        tree_remove(root);
}

/* The kernel has a hole there: see zones_are_safe() in block.c. */
static void test_zones_of_a_block_without_a_node_are_not_read(void **state)
{
        char *root = new_root();
        struct snapshot *snapshot;

        (void) state;

        tree_block(root, 1, "offline", "Movable", "1");
        tree_block(root, 2, "offline", "Movable", "1");
        tree_block(root, 3, "online", "Movable", "1");
        tree_link(root, "sys/devices/system/node/node0/memory2", "x");
        snapshot = tree_snapshot(root);
        assert_int_equal(snapshot_find_block(snapshot, 1)->zones, 0);
        assert_int_equal(snapshot_find_block(snapshot, 1)->node, NODE_NONE);
        assert_int_equal(zone_list_get(snapshot_find_block(snapshot, 2)->zones, 0), ZONE_MOVABLE);
        assert_int_equal(zone_list_get(snapshot_find_block(snapshot, 3)->zones, 0), ZONE_MOVABLE);
        snapshot_free(snapshot);
        tree_remove(root);
}

static void test_node_by_the_blocks_own_link(void **state)
{
        char *root = new_root();
        struct snapshot *snapshot;

        (void) state;

        tree_block(root, 0, "online", "DMA", "1");
        tree_link(root, MEMORY "memory0/node2", "../../node/node2");
        snapshot = tree_snapshot(root);
        assert_int_equal(snapshot->blocks[0].node, 2);
        snapshot_free(snapshot);
        tree_remove(root);
}

static void test_broken_attributes(void **state)
{
        char *root = new_root(), *huge = calloc(1, 1 << 20);
        struct snapshot *snapshot;

        (void) state;

        assert_non_null(huge);
        for (uint32_t number = 0; number < 10; number++)
                tree_block(root, number, number < 7 ? NULL : "online", "Movable", "1");
        tree_text(root, MEMORY "memory1/state", "");
        tree_bytes(root, MEMORY "memory2/state", huge, 1 << 20);
        tree_bytes(root, MEMORY "memory3/state", "\x01\x02\xff", 3);
        tree_text(root, MEMORY "memory4/state", "asleep\n");
        tree_link(root, MEMORY "memory5/state", "nowhere");
        tree_fifo(root, MEMORY "memory6/state");
        tree_text(root, MEMORY "memory7/valid_zones", "Lunar\n");
        tree_text(root, MEMORY "memory8/removable", "maybe\n");
        tree_unlink(root, MEMORY "memory9/valid_zones");
        tree_unlink(root, MEMORY "memory9/removable");
        snapshot = tree_snapshot(root);

        assert_int_equal(snapshot->n_blocks, 10);
        for (uint32_t number = 0; number < 7; number++)
                assert_int_equal(snapshot->blocks[number].state, BLOCK_UNKNOWN);
        assert_problem(snapshot, MEMORY "memory0/state", "is missing");
        assert_problem(snapshot, MEMORY "memory1/state", "is empty");
        assert_problem(snapshot, MEMORY "memory2/state", "longer");
        assert_problem(snapshot, MEMORY "memory3/state", "not text");
        assert_problem(snapshot, MEMORY "memory4/state", "another text");
        assert_problem(snapshot, MEMORY "memory5/state", "link");
        assert_problem(snapshot, MEMORY "memory6/state", "is empty");
        assert_problem(snapshot, MEMORY "memory7/valid_zones", "another text");
        assert_problem(snapshot, MEMORY "memory8/removable", "another text");
        /* older kernels have neither: nothing is wrong with memory9 */
        assert_int_equal(snapshot->n_problems, 9);
        assert_int_equal(snapshot->blocks[9].state, BLOCK_ONLINE);
        assert_false(snapshot->blocks[9].removable);
        free(huge);
        snapshot_free(snapshot);
        tree_remove(root);
}

static void test_broken_names(void **state)
{
        static const char *const names[] = { "memory007", "memory4294967296", "memory1x", "memory-1",
                                             "memory" };
        char *root = new_root();
        struct snapshot *snapshot;

        (void) state;

        tree_block(root, 1, "online", "Movable", "1");
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                char path[64];

                (void) snprintf(path, sizeof(path), MEMORY "%s", names[i]);
                tree_folder(root, path);
        }
        tree_link(root, MEMORY "memory8", "nowhere");
        tree_text(root, MEMORY "memory9", "a file");
        snapshot = tree_snapshot(root);
        assert_int_equal(snapshot->n_blocks, 1);
        assert_int_equal(snapshot->n_problems, 7);
        assert_problem(snapshot, "memory007", "accepted");
        assert_problem(snapshot, "memory8", "accepted");
        snapshot_free(snapshot);
        tree_remove(root);
}

static void test_broken_block_size(void **state)
{
        static const char *const sizes[] = {
                "", "0\n", "3\n", "zz\n", "800\n", "8000001\n", "10000000000000000\n"
        };

        (void) state;

        for (size_t i = 0; i <= sizeof(sizes) / sizeof(sizes[0]); i++) {
                _cleanup_(tree_closep) struct tree *tree = NULL;
                _cleanup_free_ char *message = NULL;
                struct snapshot *snapshot = NULL;
                char *root = tree_make();

                tree_block(root, 1, "online", "Movable", "1");
                if (i < sizeof(sizes) / sizeof(sizes[0]))
                        tree_text(root, MEMORY "block_size_bytes", sizes[i]);
                assert_int_equal(tree_open(root, &tree, &message), 0);
                assert_true(snapshot_read(tree, &snapshot, &message) < 0);
                assert_null(snapshot);
                assert_non_null(strstr(message, "block_size_bytes"));
                assert_non_null(strstr(message, "accepted: "));
                tree_remove(root);
        }
}

static void test_no_tree(void **state)
{
        _cleanup_free_ char *message = NULL;
        struct tree *tree = NULL;
        char *root = tree_make();

        (void) state;

        assert_int_equal(tree_open("/nonexistent/tree", &tree, &message), -ENOENT);
        assert_non_null(strstr(message, "/nonexistent/tree"));
        assert_int_equal(tree_open(root, &tree, &message), -ENOENT);
        assert_non_null(strstr(message, "sys/devices/system/memory"));
        assert_null(tree);
        tree_remove(root);
}

/* Enough for two threads: each block must be read as it would be alone. */
static void test_threads_agree_with_one(void **state)
{
        static const char *const states[] = { "online", "offline", "going-offline", NULL };
        char *root = new_root();
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct snapshot *snapshot;

        (void) state;

        tree_text(root, MEMORY "crash_hotplug", "0\n");
        for (uint32_t number = 0; number < 3000; number++)
                tree_block(root, number, states[number % 4], number % 3 ? "Movable" : "Normal Movable", "1");
        assert_int_equal(tree_open(root, &tree, NULL), 0);
        snapshot = tree_snapshot(root);
        assert_int_equal(snapshot->n_blocks, 3000);
        assert_int_equal(snapshot->n_problems, SNAPSHOT_PROBLEMS_MAX);
        for (uint32_t number = 0; number < 3000; number++) {
                struct memory_block alone = { .number = number, .node = NODE_NONE };

                assert_int_equal(block_read(tree, NULL, &alone), 0);
                assert_int_equal(snapshot->blocks[number].number, number);
                assert_int_equal(snapshot->blocks[number].state, alone.state);
                assert_int_equal(snapshot->blocks[number].zones, alone.zones);
                assert_int_equal(snapshot->blocks[number].removable, alone.removable);
        }
        snapshot_free(snapshot);
        tree_remove(root);
}

static void test_gone_block(void **state)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        struct memory_block block = { .number = 7, .node = NODE_NONE };
        char *root = new_root();

        (void) state;

        assert_int_equal(tree_open(root, &tree, NULL), 0);
        assert_int_equal(block_read(tree, NULL, &block), -ENOENT);
        assert_int_equal(block_read_state(tree, 7), -ENOENT);
        tree_block(root, 7, "online", "Movable", "1");
        assert_int_equal(block_read_state(tree, 7), BLOCK_ONLINE);
        tree_remove(root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sound_tree),
                cmocka_unit_test(test_zones_of_a_block_without_a_node_are_not_read),
                cmocka_unit_test(test_node_by_the_blocks_own_link),
                cmocka_unit_test(test_broken_attributes),
                cmocka_unit_test(test_broken_names),
                cmocka_unit_test(test_broken_block_size),
                cmocka_unit_test(test_no_tree),
                cmocka_unit_test(test_threads_agree_with_one),
                cmocka_unit_test(test_gone_block),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
