/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims on memory: who is in whose way, by page frame and mode. */
#include "daemon/core/claims.h"
#include "tree.h"

#include <errno.h>

static const struct pfn_range low = { 100, 200 }, high = { 300, 400 }, across = { 199, 301 },
                              between = { 200, 300 };

static void take(struct claims *claims, uint32_t owner, enum claim_mode mode, struct pfn_range range)
{
        struct claim_conflict conflict;

        assert_int_equal(claims_take(claims, owner, mode, &range, 1, &conflict), 0);
}

static void test_exclusive_stands_alone(void **state)
{
        _cleanup_(claims_freep) struct claims *claims = NULL;
        struct claim_conflict conflict = { 0 };
        const struct pfn_range two[] = { low, high };

        (void) state;

        assert_int_equal(claims_new(&claims), 0);
        assert_int_equal(claims_take(claims, 1, CLAIM_EXCLUSIVE, two, 2, &conflict), 0);
        assert_int_equal(claims_take(claims, 2, CLAIM_EXCLUSIVE, &across, 1, &conflict), -EBUSY);
        assert_int_equal(conflict.owner, 1);
        assert_int_equal(conflict.pfn, 199);
        assert_int_equal(claims_take(claims, 2, CLAIM_SHARED, &high, 1, &conflict), -EBUSY);
        assert_int_equal(conflict.pfn, 300);
        take(claims, 3, CLAIM_EXCLUSIVE, between);
        assert_int_equal(claims_count(claims), 2);
}

static void test_nothing_is_claimed_in_part(void **state)
{
        _cleanup_(claims_freep) struct claims *claims = NULL;
        struct claim_conflict conflict;
        const struct pfn_range two[] = { low, high };

        (void) state;

        assert_int_equal(claims_new(&claims), 0);
        take(claims, 1, CLAIM_EXCLUSIVE, high);
        assert_int_equal(claims_take(claims, 2, CLAIM_EXCLUSIVE, two, 2, &conflict), -EBUSY);
        assert_false(claims_stand_against(claims, CLAIM_EXCLUSIVE, low, NULL));
}

static void test_shared_beside_shared(void **state)
{
        _cleanup_(claims_freep) struct claims *claims = NULL;
        struct claim_conflict conflict;

        (void) state;

        assert_int_equal(claims_new(&claims), 0);
        take(claims, 1, CLAIM_SHARED, low);
        take(claims, 2, CLAIM_SHARED, low);
        assert_true(claims_stand_against(claims, CLAIM_EXCLUSIVE, low, &conflict));
        assert_int_equal(conflict.owner, 1);
        claims_drop(claims, 1);
        assert_true(claims_stand_against(claims, CLAIM_EXCLUSIVE, low, &conflict));
        assert_int_equal(conflict.owner, 2);
        claims_drop(claims, 2);
        claims_drop(claims, 2);
        assert_false(claims_stand_against(claims, CLAIM_EXCLUSIVE, low, &conflict));
        assert_int_equal(claims_count(claims), 0);
}

static void test_no_memory_at_all(void **state)
{
        _cleanup_(claims_freep) struct claims *claims = NULL;
        struct claim_conflict conflict;

        (void) state;

        assert_int_equal(claims_new(&claims), 0);
        assert_int_equal(claims_take(claims, 1, CLAIM_EXCLUSIVE, NULL, 0, &conflict), 0);
        assert_int_equal(claims_take(claims, 2, CLAIM_EXCLUSIVE, &low, 1, &conflict), 0);
}

/* What is claimed with a mode: what meets is one. */
static void test_list(void **state)
{
        static const struct pfn_range some[] = { { 100, 200 }, { 300, 400 } },
                                      others[] = { { 200, 250 }, { 350, 500 } };
        _cleanup_(claims_freep) struct claims *claims = NULL;
        struct claim_conflict conflict;
        struct pfn_range *ranges = NULL;
        size_t n = 7;

        (void) state;

        assert_int_equal(claims_new(&claims), 0);
        assert_int_equal(claims_list(claims, CLAIM_SHARED, &ranges, &n), 0);
        assert_int_equal(n, 0);
        free(ranges);
        assert_int_equal(claims_take(claims, 1, CLAIM_SHARED, some, 2, &conflict), 0);
        assert_int_equal(claims_take(claims, 2, CLAIM_SHARED, others, 2, &conflict), 0);
        take(claims, 3, CLAIM_EXCLUSIVE, (struct pfn_range){ 600, 700 });
        assert_int_equal(claims_list(claims, CLAIM_SHARED, &ranges, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(ranges[0].start, 100);
        assert_int_equal(ranges[0].end, 250);
        assert_int_equal(ranges[1].start, 300);
        assert_int_equal(ranges[1].end, 500);
        free(ranges);
        assert_int_equal(claims_list(claims, CLAIM_EXCLUSIVE, &ranges, &n), 0);
        assert_int_equal(n, 1);
        assert_int_equal(ranges[0].start, 600);
        free(ranges);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_exclusive_stands_alone),
                cmocka_unit_test(test_nothing_is_claimed_in_part),
                cmocka_unit_test(test_shared_beside_shared),
                cmocka_unit_test(test_no_memory_at_all),
                cmocka_unit_test(test_list),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
