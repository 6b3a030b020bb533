/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/quote.h"
#include "tree.h"

#include <string.h>

static void test_quote(void **state)
{
        char buf[QUOTE_MAX], longest[300];

        (void) state;

        assert_string_equal(quote("32-39", buf), "\"32-39\"");
        assert_string_equal(quote("", buf), "\"\"");
        assert_string_equal(quote("a\n\033[31m\x7f\xc3\xa4", buf), "\"a??[31m???\"");

        memset(longest, 'x', sizeof(longest));
        longest[64] = '\0';
        assert_int_equal(strlen(quote(longest, buf)), 66);
        longest[64] = 'x';
        longest[sizeof(longest) - 1] = '\0';
        assert_int_equal(strlen(quote(longest, buf)), 69);
        assert_string_equal(buf + 64, "x\"...");
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_quote) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
