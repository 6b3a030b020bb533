/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000)

static struct compaction_look a_look(void)
{
        struct compaction_look look = { .n_orders = 11, .huge_order = 9, .n_nodes = 2 };

        for (int i = 0; i < 2; i++)
                look.nodes[i] = (struct compaction_look_node){ .node = i, .memory_pages = 512 * 1000 };
        look.nodes[0].free[0] = 5000;
        look.nodes[0].free[9] = 3;
        look.nodes[0].free[10] = 2;
        look.nodes[1].free[10] = 500;
        return look;
}

static struct policy_state a_state(void)
{
        struct policy_state state = { 0 };

        compaction_config_init(&state.config);
        state.config.all.enabled = true;
        return state;
}

static void test_each_node(void **state)
{
        struct policy_moment moment = { .now_usec = SECOND };
        struct policy_state policy = a_state();
        struct compaction_look look = a_look();
        struct policy_views views;

        (void) state;

        policy.config.n_nodes = 1;
        policy.config.nodes[0] =
                (struct compaction_target){ .node = 5, .enabled = true, .order = 40, .pieces = 9 };
        policy_judge(&policy, &look, &moment, &views);
        assert_int_equal(views.n, 3);
        assert_int_equal(views.items[0].node, 0);
        assert_int_equal(views.items[0].order, 9);
        assert_int_equal(views.items[0].target, 50); /* 5 % of 1000 */
        assert_int_equal(views.items[0].inputs.free_pieces, 7);
        assert_int_equal(views.items[0].inputs.small_pages, 5000);
        assert_int_equal(views.items[0].state, COMPACTION_OVER_BUDGET); /* none has come together yet */
        assert_int_equal(views.items[1].state, COMPACTION_REACHED);
        assert_int_equal(views.items[2].node, 5);
        assert_int_equal(views.items[2].order, 10); /* the largest that there is */
        assert_int_equal(views.items[2].state, COMPACTION_GONE);

        /* a minute later it may */
        moment.now_usec += 60 * SECOND;
        policy_judge(&policy, &look, &moment, &views);
        assert_int_equal(views.items[0].state, COMPACTION_WANTED);
        assert_true(views.items[0].action.compact);
        assert_int_equal(views.items[0].action.until, 50);
        assert_false(views.items[1].action.compact);

        /* kswapd has worked for a second of the next five */
        moment.now_usec += 5 * SECOND;
        look.nodes[0].kswapd_usec = SECOND;
        policy_judge(&policy, &look, &moment, &views);
        assert_int_equal(views.items[0].state, COMPACTION_RECLAIMING);
        assert_int_equal(views.items[0].kswapd_usec, SECOND);

        moment.now_usec += 5 * SECOND;
        look.trouble = "a setting";
        policy_judge(&policy, &look, &moment, &views);
        assert_int_equal(views.items[0].state, COMPACTION_REFUSED);
        assert_string_equal(policy_state_reason(&views.items[0]), "a setting");
}

static void test_as_if(void **state)
{
        struct policy_moment moment = { .now_usec = 100 * SECOND, .as_if = true };
        struct policy_state policy = a_state();
        struct compaction_look look = a_look();
        struct policy_views views;

        (void) state;

        policy.config.all.enabled = false;
        assert_false(policy_state_is_on(&policy));
        policy_judge(&policy, &look, &moment, &views);
        assert_int_equal(views.items[0].state, COMPACTION_WANTED);
        assert_int_equal(views.items[0].action.cpu_usec, SECOND / 2);
        moment.as_if = false;
        policy_judge(&policy, &look, &moment, &views);
        assert_int_equal(views.items[0].state, COMPACTION_OFF);
        policy.config.n_nodes = 1;
        policy.config.nodes[0] = (struct compaction_target){ .node = 1, .enabled = true };
        assert_true(policy_state_is_on(&policy));
        for (int i = 0; i < _COMPACTION_STATE_MAX; i++) {
                views.items[0].state = (enum compaction_state) i;
                views.items[0].inputs.refusal = "why";
                assert_non_null(policy_state_reason(&views.items[0]));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_node),
                cmocka_unit_test(test_as_if),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
