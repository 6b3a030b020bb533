/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/quota.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

enum { APPLES, PEARS };

static const struct quota_limit limits[] = {
        [APPLES] = { .root = 4, .each = 2, .others = 5 },
        [PEARS] = { .root = 1, .each = 1, .others = 1 },
};

static void test_each(void **state)
{
        struct quota quota = { .limits = limits };
        struct quota_claim a = { 0 }, b = { 0 }, c = { 0 }, pear = { 0 };

        (void) state;
        assert_int_equal(quota_take(&quota, &a, APPLES, 1000), 0);
        assert_int_equal(quota_take(&quota, &b, APPLES, 1000), 0);
        assert_int_equal(quota_take(&quota, &c, APPLES, 1000), -EDQUOT);
        assert_null(c.quota);
        quota_give(&c); /* it is not counted */
        assert_int_equal(quota_take(&quota, &pear, PEARS, 1000), 0); /* another kind */
        quota_give(&a);
        assert_int_equal(quota_take(&quota, &c, APPLES, 1000), 0);
        assert_int_equal(quota_take(&quota, &a, APPLES, 1000), -EDQUOT);
        quota_give(&b);
        quota_give(&b); /* once */
        assert_int_equal(quota_take(&quota, &a, APPLES, 1000), 0);
        assert_int_equal(quota_take(&quota, &b, APPLES, 1000), -EDQUOT);
}

static void test_others_leave_room_for_root(void **state)
{
        struct quota quota = { .limits = limits };
        struct quota_claim claims[5] = { 0 }, one = { 0 }, root[5] = { 0 };

        (void) state;
        for (uint32_t i = 0; i < 5; i++)
                assert_int_equal(quota_take(&quota, &claims[i], APPLES, 1 + i), 0);
        assert_int_equal(quota_take(&quota, &one, APPLES, 6), -EBUSY);
        assert_int_equal(quota_take(&quota, &one, APPLES, 5), -EBUSY);
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(quota_take(&quota, &root[i], APPLES, 0), 0);
        assert_int_equal(quota_take(&quota, &root[4], APPLES, 0), -EDQUOT);
        quota_give(&claims[2]);
        assert_int_equal(quota_take(&quota, &one, APPLES, 6), 0); /* what root has is not theirs */
}

/* Any course of taking and giving counts as a plain table of numbers does. */
static void test_random_walk(void **state)
{
        struct quota quota = { .limits = limits };
        struct quota_claim claims[64] = { 0 };
        size_t counts[2][4] = { 0 };

        (void) state;
        srand(1);
        for (int step = 0; step < 100000; step++) {
                struct quota_claim *claim = &claims[rand() % 64];
                size_t kind = (size_t) rand() % 2, others;
                uint32_t uid = (uint32_t) rand() % 4;

                if (claim->quota) {
                        counts[claim->kind][claim->uid]--;
                        quota_give(claim);
                        continue;
                }
                others = counts[kind][1] + counts[kind][2] + counts[kind][3];
                if (counts[kind][uid] >= (uid ? limits[kind].each : limits[kind].root))
                        assert_int_equal(quota_take(&quota, claim, kind, uid), -EDQUOT);
                else if (uid && others >= limits[kind].others)
                        assert_int_equal(quota_take(&quota, claim, kind, uid), -EBUSY);
                else {
                        assert_int_equal(quota_take(&quota, claim, kind, uid), 0);
                        counts[kind][uid]++;
                }
        }
        for (size_t i = 0; i < 64; i++)
                quota_give(&claims[i]);
        assert_null(quota.first);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each),
                cmocka_unit_test(test_others_leave_room_for_root),
                cmocka_unit_test(test_random_walk),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
