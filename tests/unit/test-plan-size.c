/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/offline.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (UINT64_C(128) << 20)
#define BLOCKS     16
#define ROUNDS     20000

static struct memory_block blocks[BLOCKS];
static struct snapshot machine = { .block_size = BLOCK_SIZE, .blocks = blocks, .n_blocks = BLOCKS };

/* Blocks 0-7 Normal on node 0, 8-11 Movable on node 0, 12-15 Movable on node 1; 9 offline, 14 not removable.
 */
static int setup(void **state)
{
        (void) state;

        for (uint32_t i = 0; i < BLOCKS; i++)
                blocks[i] = (struct memory_block){
                        .number = i,
                        .node = i >= 12,
                        .zones = i < 8 ? ZONE_NORMAL : ZONE_MOVABLE,
                        .state = i == 9 ? BLOCK_OFFLINE : BLOCK_ONLINE,
                        .removable = i != 14,
                };
        return 0;
}

static void check(uint64_t size, int node, const uint32_t *expected, size_t n)
{
        _cleanup_(block_set_clear) struct block_set set = { 0 };

        assert_int_equal(offline_pick_by_size(&machine, size, node, &set, NULL), 0);
        assert_int_equal(set.n_numbers, n);
        assert_memory_equal(set.numbers, expected, n * sizeof(*expected));
}

static void test_picks(void **state)
{
        (void) state;

        check(BLOCK_SIZE, NODE_NONE, (uint32_t[]){ 15 }, 1);
        check(4 * BLOCK_SIZE, NODE_NONE, (uint32_t[]){ 11, 12, 13, 15 }, 4);
        check(6 * BLOCK_SIZE, NODE_NONE, (uint32_t[]){ 8, 10, 11, 12, 13, 15 }, 6);
        check(2 * BLOCK_SIZE, 0, (uint32_t[]){ 10, 11 }, 2);
}

static void check_bad(uint64_t size, int node, int error, const char *says)
{
        _cleanup_free_ char *message = NULL;
        struct block_set set = { 0 };

        assert_int_equal(offline_pick_by_size(&machine, size, node, &set, &message), error);
        assert_null(set.numbers);
        assert_non_null(strstr(message, says));
}

static void test_refuses(void **state)
{
        (void) state;

        check_bad(0, NODE_NONE, -EINVAL, "accepted");
        check_bad(1, NODE_NONE, -EINVAL, "accepted");
        check_bad(BLOCK_SIZE + 4096, NODE_NONE, -EINVAL, "accepted");
        check_bad(UINT64_MAX, NODE_NONE, -EINVAL, "accepted");
        check_bad(UINT64_MAX - BLOCK_SIZE + 1, NODE_NONE, -ERANGE, "only 805306368 bytes");
        check_bad(7 * BLOCK_SIZE, NODE_NONE, -ERANGE, "only 805306368 bytes");
        check_bad(4 * BLOCK_SIZE, 1, -ERANGE, "only 402653184 bytes");
        check_bad(BLOCK_SIZE, 2, -EINVAL, "node 2");
        check_bad(BLOCK_SIZE, -2, -EINVAL, "node -2");
}

/* Told before it is used: a failure then says which seed it was. */
static void seed(void)
{
        const char *text = getenv("MEMCTL_TEST_SEED");
        unsigned int value = text ? (unsigned int) strtoul(text, NULL, 10) : 1;

        print_message("# MEMCTL_TEST_SEED=%u\n", value);
        srandom(value);
}

/* The highest blocks that may go, so many that they make up the size; or none at all. */
static void check_pick(const struct snapshot *any, uint64_t wanted, int node)
{
        _cleanup_(block_set_clear) struct block_set set = { 0 };
        _cleanup_free_ char *message = NULL;
        uint32_t expected[BLOCKS];
        size_t n = 0;
        int r;

        for (size_t i = any->n_blocks; i > 0; i--) {
                const struct memory_block *block = &any->blocks[i - 1];

                if (block->state == BLOCK_ONLINE && block->removable && block->zones == ZONE_MOVABLE &&
                    (node == NODE_NONE || block->node == node))
                        expected[n++] = block->number;
        }
        r = offline_pick_by_size(any, wanted * BLOCK_SIZE, node, &set, &message);
        if (wanted > n) {
                assert_int_equal(r, -ERANGE);
                assert_non_null(message);
                assert_int_equal(set.n_numbers, 0);
                return;
        }
        assert_int_equal(r, 0);
        assert_null(message);
        assert_int_equal(set.n_numbers, wanted);
        for (size_t i = 0; i < wanted; i++)
                assert_int_equal(set.numbers[i], expected[wanted - 1 - i]);
}

static void test_properties(void **state)
{
        static const struct memory_node nodes[] = { { .id = 0 }, { .id = 1 } };

        (void) state;

        seed();
        for (int round = 0; round < ROUNDS; round++) {
                struct memory_block random_blocks[BLOCKS];
                struct snapshot any = {
                        .block_size = BLOCK_SIZE,
                        .blocks = random_blocks,
                        .n_blocks = (size_t) (random() % (BLOCKS + 1)),
                        .nodes = (struct memory_node *) nodes,
                        .n_nodes = 2,
                };
                uint32_t number = 0;

                for (size_t i = 0; i < any.n_blocks; i++) {
                        number += 1 + (uint32_t) (random() % 3);
                        random_blocks[i] = (struct memory_block){
                                .number = number,
                                .node = (int16_t) (random() % 3 - 1),
                                .zones = random() % 4   ? ZONE_MOVABLE
                                         : random() % 2 ? ZONE_NORMAL
                                                        : (zone_list_t) ZONE_MOVABLE |
                                                                  (zone_list_t) ZONE_NORMAL << 4,
                                .state = random() % 4 ? BLOCK_ONLINE
                                                      : (uint8_t) (random() % _BLOCK_STATE_MAX),
                                .removable = random() % 5 != 0,
                        };
                }
                check_pick(&any, 1 + (uint64_t) (random() % BLOCKS), (int) (random() % 3) - 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_picks),
                cmocka_unit_test(test_refuses),
                cmocka_unit_test(test_properties),
        };

        return cmocka_run_group_tests(tests, setup, NULL);
}
