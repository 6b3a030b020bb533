/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/size.h"
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

static int pick(const struct snapshot *any, uint64_t size, int node, const uint64_t *costs,
                struct block_set *ret, char **message)
{
        _cleanup_(block_set_clear) struct block_set candidates = { 0 };
        uint64_t cost[BLOCKS] = { 0 };
        int r = size_candidates(any, size, node, false, &candidates, message);

        for (size_t i = 0; r >= 0 && costs && i < candidates.n_numbers; i++)
                cost[i] = costs[candidates.numbers[i]];
        return r < 0 ? r : size_pick(any, &candidates, cost, size, ret, message);
}

static void check(uint64_t size, int node, const uint32_t *expected, size_t n)
{
        _cleanup_(block_set_clear) struct block_set set = { 0 };

        assert_int_equal(pick(&machine, size, node, NULL, &set, NULL), 0);
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

        assert_int_equal(pick(&machine, size, node, NULL, &set, &message), error);
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
        check_bad(UINT64_MAX - BLOCK_SIZE + 1, NODE_NONE, -ENOSPC, "only 805306368 bytes");
        check_bad(7 * BLOCK_SIZE, NODE_NONE, -ENOSPC, "only 805306368 bytes");
        check_bad(4 * BLOCK_SIZE, 1, -ENOSPC, "only 402653184 bytes");
        check_bad(BLOCK_SIZE, 2, -EINVAL, "node 2");
        check_bad(BLOCK_SIZE, -2, -EINVAL, "node -2");
}

/* The cheapest, wherever they are; never one that cannot be emptied. */
static void test_cheapest(void **state)
{
        uint64_t cost[BLOCKS];
        _cleanup_free_ char *message = NULL;
        static const uint32_t expected[] = { 8, 12, 15 };
        _cleanup_(block_set_clear) struct block_set set = { 0 }, none = { 0 };

        (void) state;

        for (size_t i = 0; i < BLOCKS; i++)
                cost[i] = 1000;
        cost[8] = 10;
        cost[12] = 999;
        cost[13] = cost[11] = COST_NEVER;
        assert_int_equal(pick(&machine, 3 * BLOCK_SIZE, NODE_NONE, cost, &set, NULL), 0);
        assert_int_equal(set.n_numbers, 3);
        assert_memory_equal(set.numbers, expected, sizeof(expected));
        assert_int_equal(pick(&machine, 5 * BLOCK_SIZE, NODE_NONE, cost, &none, &message), -ENOSPC);
        assert_non_null(strstr(message, "only 536870912 bytes can be emptied"));
}

/* Blocks 4-7 are of one DIMM, 8-11 of another, which is offline in part; 12 and 13 of none. */
static void test_whole_dimms(void **state)
{
        struct memory_block of_dimms[10];
        struct dimm dimms[2] = { { 0 } };
        const struct snapshot any = {
                .block_size = BLOCK_SIZE,
                .blocks = of_dimms,
                .n_blocks = 10,
                .dimms = dimms,
                .n_dimms = 2,
        };
        static const struct {
                uint64_t cost[14]; /* of 4 and on */
                uint32_t expected[4];
                size_t n;
        } cases[] = {
                /* all alike: the highest, of DIMMs */
                { { 0 }, { 9, 10, 11 }, 3 },
                { { [8] = 0 }, { 7, 9, 10, 11 }, 4 },
                /* a page in it: the other */
                { { [10] = 1 }, { 5, 6, 7 }, 3 },
                /* what keeps its block keeps the DIMM */
                { { [9] = COST_NEVER, [4] = 5 }, { 5, 6, 7 }, 3 },
                { { [9] = COST_NEVER, [4] = 5 }, { 5, 6, 7, 13 }, 4 },
                /* but what costs less goes first */
                { { [4] = 1, 1, 1, 1, [9] = 1, 1, 1, [12] = 1, 0 }, { 13 }, 1 },
        };

        (void) state;

        for (uint32_t i = 0; i < 10; i++)
                of_dimms[i] = (struct memory_block){
                        .number = i + 4,
                        .dimm = i < 4 ? 0 : i < 8 ? 1 : DIMM_NONE,
                        .zones = ZONE_MOVABLE,
                        .state = i == 4 ? BLOCK_OFFLINE : BLOCK_ONLINE,
                        .removable = true,
                };
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_(block_set_clear) struct block_set set = { 0 };
                uint64_t cost[BLOCKS] = { 0 };

                memcpy(cost, cases[i].cost, sizeof(cases[i].cost));
                assert_int_equal(pick(&any, cases[i].n * BLOCK_SIZE, NODE_NONE, cost, &set, NULL), 0);
                assert_int_equal(set.n_numbers, cases[i].n);
                assert_memory_equal(set.numbers, cases[i].expected, cases[i].n * sizeof(uint32_t));
        }
}

/* A driver's blocks are not taken, unless that is forced. */
static void test_drivers(void **state)
{
        _cleanup_(block_set_clear) struct block_set without = { 0 }, with = { 0 };
        struct memory_driver driver = {
                .device = (char *) "virtio3",
                .driver = (char *) "virtio_mem",
                .device_bytes = 16 * BLOCK_SIZE,
                .memory_bytes = BLOCK_SIZE,
        };
        _cleanup_free_ char *message = NULL;

        (void) state;

        machine.drivers = &driver;
        machine.n_drivers = 1;
        blocks[15].driver = 1;
        assert_int_equal(size_candidates(&machine, BLOCK_SIZE, 1, false, &without, NULL), 0);
        assert_int_equal(without.n_numbers, 2);
        assert_int_equal(size_candidates(&machine, 3 * BLOCK_SIZE, 1, false, &with, &message), -ENOSPC);
        assert_non_null(strstr(message, "; 15: virtio3 manages it: shrink the device on the hypervisor"));
        assert_int_equal(size_candidates(&machine, BLOCK_SIZE, 1, true, &with, NULL), 0);
        assert_int_equal(with.n_numbers, 3);
        blocks[15].driver = DRIVER_NONE;
        machine.drivers = NULL;
        machine.n_drivers = 0;
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
        r = pick(any, wanted * BLOCK_SIZE, node, NULL, &set, &message);
        if (wanted > n) {
                assert_int_equal(r, -ENOSPC);
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
                cmocka_unit_test(test_cheapest),
                cmocka_unit_test(test_whole_dimms),
                cmocka_unit_test(test_drivers),
                cmocka_unit_test(test_properties),
        };

        return cmocka_run_group_tests(tests, setup, NULL);
}
