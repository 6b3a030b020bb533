/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/reservation_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_names(void **state)
{
        static const char *const good[] = { "camera", "a", "-", "1a", "A.b-c_d:e@f", "0x10" };
        static const char *const bad[] = { "",    "1",          "0123456789", "a b", "a/b",
                                           "a\n", "h\xc3\xa4p", "a,b",        "*" };
        char name[65];

        (void) state;

        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
                assert_true(reservation_name_is_valid(good[i]));
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_false(reservation_name_is_valid(bad[i]));
        memset(name, 'x', sizeof(name));
        name[63] = '\0';
        assert_true(reservation_name_is_valid(name));
        name[63] = 'x';
        name[64] = '\0';
        assert_false(reservation_name_is_valid(name));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
