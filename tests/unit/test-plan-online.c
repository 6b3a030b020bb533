/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/eject.h"
#include "daemon/plan/online.h"
#include "tree.h"

#include <errno.h>

#define NORMAL_MOVABLE ((zone_list_t) ZONE_NORMAL | (zone_list_t) ZONE_MOVABLE << 4)

static struct memory_block blocks[] = {
        { .number = 0, .state = BLOCK_ONLINE, .zones = ZONE_NORMAL },
        { .number = 1, .state = BLOCK_OFFLINE, .zones = NORMAL_MOVABLE },
        { .number = 2, .state = BLOCK_OFFLINE, .zones = ZONE_MOVABLE },
        { .number = 3, .state = BLOCK_OFFLINE, .zones = 0 },
        { .number = 4, .state = BLOCK_UNKNOWN },
};
static struct snapshot machine = { .block_size = 128 << 20, .blocks = blocks, .n_blocks = 5 };

static void test_words(void **state)
{
        (void) state;

        assert_int_equal(online_zone_parse("movable"), ONLINE_MOVABLE);
        assert_int_equal(online_zone_parse("kernel"), ONLINE_KERNEL);
        assert_int_equal(online_zone_parse("Movable"), -EINVAL);
        assert_int_equal(online_zone_parse(""), -EINVAL);
        assert_string_equal(online_zone_command(ONLINE_KERNEL), "online_kernel");
        assert_string_equal(online_zone_command(online_zone_for(ZONE_MOVABLE)), "online_movable");
        assert_int_equal(online_zone_for(ZONE_DMA32), ONLINE_KERNEL);
}

static void test_plan(void **state)
{
        static const uint32_t good[] = { 0, 1, 3 }, bad[] = { 1, 2, 4 };
        _cleanup_(online_plan_clear) struct online_plan plan = { 0 }, refused = { 0 };

        (void) state;

        assert_int_equal(online_plan_make(&machine, good, 3, ONLINE_KERNEL, &plan), 0);
        assert_false(plan.refused);
        assert_int_equal(plan.n_blocks, 2); /* 0 is online already; 3 does not say, so the kernel will */
        assert_int_equal(plan.blocks[0], 1);
        assert_int_equal(plan.blocks[1], 3);

        assert_int_equal(online_plan_make(&machine, bad, 3, ONLINE_KERNEL, &refused), 0);
        assert_true(refused.refused);
        assert_int_equal(refused.n_blocks, 0);
        assert_int_equal(refused.reasons.n_items, 2);
        assert_int_equal(refused.reasons.items[0].code, REASON_ZONE_NOT_POSSIBLE);
        assert_int_equal(refused.reasons.items[0].block, 2);
        assert_int_equal(refused.reasons.items[1].code, REASON_BAD_STATE);
}

static void test_eject(void **state)
{
        struct dimm dimm = {
                .name = (char *) "PNP0C80:00",
                .blocks = (uint32_t[]){ 1, 2, 0 },
                .n_blocks = 2,
                .ejectable = true,
        };
        struct reason_list reasons = { 0 };

        (void) state;

        assert_int_equal(eject_judge(&machine, &dimm, &reasons), 0);
        assert_int_equal(reasons.n_items, 0);
        dimm.n_blocks = 3;
        dimm.ejectable = false;
        assert_int_equal(eject_judge(&machine, &dimm, &reasons), 0);
        assert_int_equal(reasons.n_items, 2);
        assert_int_equal(reasons.items[0].code, REASON_NOT_EJECTABLE);
        assert_int_equal(reasons.items[1].code, REASON_BLOCKS_ONLINE);
        assert_int_equal(reasons.items[1].block, 0);
        reason_list_clear(&reasons);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_plan),
                cmocka_unit_test(test_eject),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
