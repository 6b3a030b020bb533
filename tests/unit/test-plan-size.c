/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/offline.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (UINT64_C(128) << 20)
#define BLOCKS     16

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

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_picks), cmocka_unit_test(test_refuses) };

        return cmocka_run_group_tests(tests, setup, NULL);
}
