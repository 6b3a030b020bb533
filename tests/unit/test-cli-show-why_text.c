/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/why_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_numbers_in_short(void **state)
{
        static const struct {
                const char *numbers, *text;
        } cases[] = {
                { "[]", "" },           { "[7]", "7" },
                { "[7,8]", "7-8" },     { "[32,33,34,41,43,44]", "32-34,41,43-44" },
                { "[0,2,4]", "0,2,4" }, { "[4294967294,4294967295]", "4294967294-4294967295" },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_json_ json_object *numbers = json_tokener_parse(cases[i].numbers);
                _cleanup_free_ char *text = numbers_in_short(numbers);

                assert_string_equal(text, cases[i].text);
        }
}

static void test_kept(void **state)
{
        static const struct {
                const char *owners;
                bool kept;
        } cases[] = {
                { "[]", false },
                { "[{\"pages\":3,\"movable\":true}]", false },
                { "[{\"pages\":3,\"movable\":true},{\"pages\":1,\"movable\":false}]", true },
                { "[{\"pages\":1,\"movable\":null}]", true }, /* may be */
                { "[{\"pages\":1}]", true },
                { "[{\"pages\":0,\"movable\":false}]", false },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_json_ json_object *owners = json_tokener_parse(cases[i].owners);

                assert_int_equal(why_is_kept(owners), cases[i].kept);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_numbers_in_short),
                cmocka_unit_test(test_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
