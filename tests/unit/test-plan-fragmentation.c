/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures are debugfs' extfrag/unusable_index and extfrag_index of a 6.12 for the same buddyinfo. */
#include "daemon/plan/fragmentation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_pieces(void **state)
{
        const uint64_t free[] = { 5, 3, 0, 2 };

        (void) state;

        assert_int_equal(fragmentation_pages(free, 4), 5 + 6 + 16);
        assert_int_equal(fragmentation_pieces(free, 4, 0), 27);
        assert_int_equal(fragmentation_pieces(free, 4, 1), 3 + 8);
        assert_int_equal(fragmentation_pieces(free, 4, 3), 2);
        assert_int_equal(fragmentation_pieces(free, 4, 4), 0);
        assert_int_equal(fragmentation_small_pages(free, 4, 0), 0);
        assert_int_equal(fragmentation_small_pages(free, 4, 3), 11);
        assert_int_equal(fragmentation_small_pages(free, 4, 40), 27);
}

static void test_indices(void **state)
{
        const uint64_t pieces[] = { 100, 50, 25 }, few[] = { 1, 0, 0, 0 }, none[4] = { 0 };

        (void) state;

        assert_int_equal(fragmentation_unusable(pieces, 3, 0), 0);
        assert_int_equal(fragmentation_unusable(pieces, 3, 1), 333);
        assert_int_equal(fragmentation_unusable(pieces, 3, 2), 666);
        assert_int_equal(fragmentation_unusable(pieces, 3, 3), 1000);
        assert_int_equal(fragmentation_unusable(none, 4, 0), 1000);

        assert_int_equal(fragmentation_index(pieces, 3, 2), FRAGMENTATION_NO_FAILURE);
        assert_int_equal(fragmentation_index(none, 4, 2), 0);
        assert_int_equal(fragmentation_index(few, 4, 3), -125); /* 1000 - (1000 + 125) / 1 */
        assert_int_equal(fragmentation_index((uint64_t[]){ 100, 50, 25, 0 }, 4, 3), 780);
}

static void test_too_much(void **state)
{
        uint64_t free[70];

        (void) state;

        for (size_t i = 0; i < 70; i++)
                free[i] = UINT64_MAX;
        assert_true(fragmentation_pages(free, 70) == UINT64_MAX);
        assert_true(fragmentation_pieces(free, 70, 9) == UINT64_MAX);
        assert_in_range(fragmentation_unusable(free, 70, 9), 0, 1000);
        assert_int_equal(fragmentation_index(free, 70, 9), FRAGMENTATION_NO_FAILURE);
        free[0] = UINT64_MAX - 1;
        for (size_t i = 1; i < 70; i++)
                free[i] = 0;
        (void) fragmentation_index(free, 70, 60);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pieces),
                cmocka_unit_test(test_indices),
                cmocka_unit_test(test_too_much),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
