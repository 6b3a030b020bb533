/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_version(void **state)
{
        (void) state;

        assert_true(known_version("6.12.95+deb12-cloud-amd64") > known_version("6.9.0"));
        assert_true(known_version("7.3.4") > known_version("6.12"));
        assert_int_equal(known_version("6.1.0-50-cloud-amd64"), known_version("6.1"));
        assert_int_equal(known_version(""), 0);
        assert_int_equal(known_version("next"), 0);
        assert_int_equal(known_version("6"), 0);
        assert_int_equal(known_version("6.300"), 0);
}

static void test_text(void **state)
{
        (void) state;

        assert_non_null(known_text(known_version("7.3.4"), "thp-2m", "compaction"));
        assert_null(known_text(known_version("7.3.4"), "thp-2m", "mbind"));
        assert_null(known_text(known_version("7.3.4"), "anon-4k", "compaction"));
        assert_non_null(known_text(known_version("6.12.1"), "mthp-64k", "zswap"));
        assert_non_null(known_text(known_version("6.12.1"), "secretmem", "move_pages"));
        assert_null(known_text(known_version("6.12.1"), "secretmem", "swap"));
        assert_null(known_text(known_version("6.1.170"), "thp-2m", "compaction"));
        assert_null(known_text(known_version("8.0"), "thp-2m", "compaction"));
        assert_null(known_text(0, "thp-2m", "compaction"));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_version),
                cmocka_unit_test(test_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
