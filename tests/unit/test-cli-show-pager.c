/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/pager.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* $SYSTEMD_PAGER goes before $PAGER; "" and "cat" are no pager. */
static void test_off(void **state)
{
        (void) state;

        assert_true(pager_choose("", "less", NULL, true).off);
        assert_true(pager_choose("cat", NULL, "1", true).off);
        assert_true(pager_choose(NULL, "cat", NULL, false).off);
        assert_false(pager_choose("less", "cat", NULL, true).off);
        assert_false(pager_choose(NULL, NULL, NULL, true).off);
}

/* They name a program only where $SYSTEMD_PAGERSECURE says whether it must be a secure one. */
static void test_command(void **state)
{
        (void) state;

        assert_null(pager_choose("most", "more", NULL, true).command);
        assert_string_equal(pager_choose("most", "more", "0", true).command, "most");
        assert_string_equal(pager_choose(NULL, "more -d", "true", true).command, "more -d");
        assert_null(pager_choose(NULL, NULL, "1", true).command);
}

static void test_secure(void **state)
{
        (void) state;

        assert_false(pager_choose(NULL, NULL, NULL, true).secure);
        assert_true(pager_choose(NULL, NULL, NULL, false).secure); /* sudo: of somebody else's session */
        assert_false(pager_choose(NULL, NULL, "no", false).secure);
        assert_true(pager_choose(NULL, NULL, "YES", true).secure);
        assert_true(pager_choose(NULL, NULL, "maybe", true).secure);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_off),
                cmocka_unit_test(test_command),
                cmocka_unit_test(test_secure),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
