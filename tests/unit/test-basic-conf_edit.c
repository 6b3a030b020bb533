/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/conf_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(const char *text, const char *section, const char *key, const char *value, const char *is)
{
        char *edited = conf_edit(text, section, key, value);

        assert_string_equal(edited, is);
        free(edited);
}

static void test_where_it_goes(void **state)
{
        (void) state;

        check("", "A", "Key", "1", "[A]\nKey=1\n");
        check("# by hand\n", "A", "Key", "1", "# by hand\n[A]\nKey=1\n");
        check("[A]\nOther=2\n\n[B]\nKey=3\n", "A", "Key", "1", "[A]\nOther=2\nKey=1\n\n[B]\nKey=3\n");
        check("[A]\n", "A", "Key", "1", "[A]\nKey=1\n");
        check("[A]", "A", "Key", "1", "[A]\nKey=1\n"); /* without the end of its line */
        check("[A]\nOne=1\n[B]\n[A]\nTwo=2\n", "A", "Key", "1", "[A]\nOne=1\n[B]\n[A]\nTwo=2\nKey=1\n");
        check("[A 1]\nKey=2\n", "A", "Key", "1", "[A 1]\nKey=2\n[A]\nKey=1\n");
}

static void test_in_place_of_another(void **state)
{
        (void) state;

        check("[A]\n  Key = 7 \nOther=2\n", "A", "Key", "1", "[A]\nKey=1\nOther=2\n");
        check("[A]\nKey=7\n# Key=8\nKeyhole=1\n", "A", "Key", "", "[A]\nKey=\n# Key=8\nKeyhole=1\n");
        /* the last one counts */
        check("[A]\nKey=7\n[B]\nKey=8\n[ A ]\nKey=9\n", "A", "Key", "1",
              "[A]\nKey=7\n[B]\nKey=8\n[ A ]\nKey=1\n");
}

static void test_taken_out(void **state)
{
        (void) state;

        check("[A]\nKey=7\nOther=2\n[B]\nKey=8\n[A]\nKey=9\n", "A", "Key", NULL,
              "[A]\nOther=2\n[B]\nKey=8\n[A]\n");
        check("[B]\nKey=8\n", "A", "Key", NULL, "[B]\nKey=8\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_where_it_goes),
                cmocka_unit_test(test_in_place_of_another),
                cmocka_unit_test(test_taken_out),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
