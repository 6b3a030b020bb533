/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_distance(void **state)
{
        (void) state;

        assert_int_equal(nearest_distance("", ""), 0);
        assert_int_equal(nearest_distance("", "abc"), 3);
        assert_int_equal(nearest_distance("list", "lists"), 1);
        assert_int_equal(nearest_distance("lsit", "list"), 1); /* swapped */
        assert_int_equal(nearest_distance("offline", "online"), 2);
        assert_int_equal(
                nearest_distance("0123456789012345678901234567890", "0123456789012345678901234567890"), 0);
        assert_int_equal(nearest_distance("01234567890123456789012345678901", "a"), SIZE_MAX);
}

static const char *of(const char *word)
{
        struct nearest nearest = { .word = word };

        nearest_try(&nearest, "offline");
        nearest_try(&nearest, "online");
        nearest_try(&nearest, "list");
        nearest_try(&nearest, "dimm");
        return nearest.best;
}

static void test_best(void **state)
{
        (void) state;

        assert_string_equal(of("oflfine"), "offline");
        assert_string_equal(of("onlin"), "online");
        assert_string_equal(of("dim"), "dimm");
        assert_null(of("dxyz"));
        assert_null(of("lxxt")); /* two of four letters */
        assert_null(of("\xff"));
        assert_null(of(""));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_distance),
                cmocka_unit_test(test_best),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
