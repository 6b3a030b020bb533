/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/plan/target.h"
#include "tree.h"

/* Block 1 on node 1, which goes; nodes 0 and 1 have memory. */
static struct memory_block block = { .number = 1, .node = 1, .zones = ZONE_MOVABLE };
static const struct snapshot machine = { .block_size = 1 << 27, .blocks = &block, .n_blocks = 1 };
static struct headroom_zone zones[] = { { .node = 0, .zone = ZONE_NORMAL },
                                    { .node = 1, .zone = ZONE_MOVABLE } };

static void check(int to_node, bool can_place, size_t n_zones, bool take_used, uint64_t keep_bytes,
                  const char *refusal)
{
        const struct headroom room = { .known = true, .zones = zones, .n_zones = n_zones };
        struct offline_step step = { .block = 1, .zone = ZONE_MOVABLE };
        struct offline_request request = { .options = OFFLINE_OPTIONS_NONE,
                                           .room = &room,
                                           .can_place = can_place };
        _cleanup_(offline_plan_clear) struct offline_plan plan = { 0 };

        plan.steps = &step;
        plan.n_steps = 1;
        plan.take_used = take_used;
        plan.keep_bytes = keep_bytes;
        request.options.to_node = to_node;
        request.no_place = can_place ? NULL : "no cpuset";
        assert_int_equal(target_judge(&machine, &request, &plan), 0);
        plan.steps = NULL;
        assert_int_equal(plan.refused, !!refusal);
        if (refusal) {
                assert_int_equal(plan.reasons.n_items, 1);
                assert_int_equal(plan.reasons.items[0].code, REASON_NODE_NOT_POSSIBLE);
                assert_string_equal(plan.reasons.items[0].text, refusal);
                assert_null(plan.notes);
        } else if (to_node == NODE_NONE)
                assert_null(plan.notes);
        else
                assert_non_null(plan.notes);
}

static void test_target(void **state)
{
        (void) state;

        check(NODE_NONE, false, 2, false, 0, NULL);
        check(0, true, 2, false, 0, NULL);
        check(0, false, 2, false, 0, "no cpuset");
        check(2, true, 2, true, 0, "node 2 has no memory");
        check(1, true, 2, false, 0, "without a fence, pages of blocks on node 1 go to other nodes");
        check(1, true, 2, true, 0, NULL);
        check(1, true, 2, true, 4096,
              "page cache that is kept goes from node 1 to other nodes: cache \"drop\" gives it back");
        /* the only node keeps its pages */
        zones[0].node = 1;
        check(1, true, 2, false, 4096, NULL);
        zones[0].node = 0;
}

int main(void)
{
        static const struct CMUnitTest tests[] = { cmocka_unit_test(test_target) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
