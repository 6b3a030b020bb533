/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/number.h"
#include "tree.h"

#include <errno.h>

static void test_good(void **state)
{
        uint64_t value;
        uint32_t small;

        (void) state;

        assert_int_equal(parse_u64("0", 10, &value), 0);
        assert_int_equal(value, 0);
        assert_int_equal(parse_u64("18446744073709551615", 10, &value), 0);
        assert_true(value == UINT64_MAX);
        assert_int_equal(parse_u64("8000000", 16, &value), 0);
        assert_int_equal(value, 128 << 20);
        assert_int_equal(parse_u64("0xFf", 16, &value), 0);
        assert_int_equal(value, 255);
        assert_int_equal(parse_u32("4294967295", 10, &small), 0);
        assert_int_equal(small, UINT32_MAX);
}

static void test_bad(void **state)
{
        static const char *const texts[] = { "",     " 1",  "1 ", "+1", "-1", "1e3",
                                             "0x10", "1\n", "a",  "--", "\t5" };
        uint64_t value = 42;
        uint32_t small = 42;

        (void) state;

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                assert_int_equal(parse_u64(texts[i], 10, &value), -EINVAL);
        assert_int_equal(parse_u64(NULL, 10, &value), -EINVAL);
        assert_int_equal(parse_u64("xyz", 16, &value), -EINVAL);
        assert_int_equal(parse_u64("0x", 16, &value), -EINVAL);
        assert_int_equal(parse_u64("0x0x1", 16, &value), -EINVAL);
        assert_int_equal(parse_u64("0x-1", 16, &value), -EINVAL);
        assert_int_equal(parse_u64("0x10000000000000000", 16, &value), -ERANGE);
        assert_int_equal(parse_u64("18446744073709551616", 10, &value), -ERANGE);
        assert_int_equal(parse_u32("4294967296", 10, &small), -ERANGE);
        assert_int_equal(value, 42);
        assert_int_equal(small, 42);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_good), cmocka_unit_test(test_bad) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
