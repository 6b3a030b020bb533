/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/message.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>

#undef fail /* cmocka has a macro of this name */

static void test_fail(void **state)
{
        char *message = NULL;

        (void) state;

        assert_int_equal(fail(NULL, -EINVAL, "%d", 1), -EINVAL);
        assert_int_equal(fail(&message, -ENOENT, "block %d", 8), -ENOENT);
        assert_string_equal(message, "block 8");
        /* the last one counts, and the one before is not leaked */
        assert_int_equal(fail(&message, -ERANGE, "block %d", 9), -ERANGE);
        assert_string_equal(message, "block 9");
        free(message);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_fail) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
