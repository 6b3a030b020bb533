/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct compaction_look a_look(void)
{
        struct compaction_look look = { .n_orders = 11, .huge_order = 9, .n_nodes = 2 };

        look.nodes[0] = (struct compaction_look_node){ .node = 0, .free = { [0] = 7, [1] = 2, [9] = 3 } };
        look.nodes[1] = (struct compaction_look_node){ .node = 4, .free = { [10] = 1 } };
        return look;
}

static void test_a_sample_each_node(void **state)
{
        static struct trail trail;
        const struct compaction_look look = a_look();

        (void) state;

        trail_add(&trail, &look, 1000);
        assert_int_equal(trail.n, 2);
        assert_int_equal(trail_get(&trail, 0)->free_pages, 7 + 4 + 3 * 512);
        assert_int_equal(trail_get(&trail, 0)->small_pages, 11);
        assert_int_equal(trail_get(&trail, 1)->node, 4);
        assert_int_equal(trail_get(&trail, 1)->small_pages, 0);
        assert_int_equal(trail_get(&trail, 1)->free_pages, 1024);
        /* too soon; soon enough; and a clock that was set back */
        trail_add(&trail, &look, 999 + TRAIL_STEP_USEC);
        assert_int_equal(trail.n, 2);
        trail_add(&trail, &look, 1000 + TRAIL_STEP_USEC);
        assert_int_equal(trail.n, 4);
        trail_add(&trail, &look, 10);
        assert_int_equal(trail.n, 6);
        assert_int_equal(trail_get(&trail, 5)->usec, 10);
}

static void test_goes_round(void **state)
{
        static struct trail trail;
        const struct compaction_look look = a_look();

        (void) state;

        for (uint64_t i = 1; i <= TRAIL_MAX; i++)
                trail_add(&trail, &look, i * TRAIL_STEP_USEC);
        assert_int_equal(trail.n, TRAIL_MAX);
        for (size_t i = 0; i < trail.n; i++) {
                assert_int_equal(trail_get(&trail, i)->usec, (TRAIL_MAX / 2 + 1 + i / 2) * TRAIL_STEP_USEC);
                assert_int_equal(trail_get(&trail, i)->node, i % 2 * 4);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_sample_each_node),
                cmocka_unit_test(test_goes_round),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
