/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* What is told on stdout of reasons in JSON. */
static void tells(const char *json, const char *expected)
{
        json_object *reasons = json_tokener_parse(json);
        char said[512] = "";
        FILE *file = tmpfile();
        int before = dup(STDOUT_FILENO);

        assert_non_null(reasons);
        assert_non_null(file);
        (void) fflush(stdout);
        assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
        reasons_tell("32", reasons);
        (void) fflush(stdout);
        assert_true(dup2(before, STDOUT_FILENO) >= 0);
        close(before);
        rewind(file);
        assert_true(fread(said, 1, sizeof(said) - 1, file) > 0);
        assert_string_equal(said, expected);
        (void) fclose(file);
        json_object_put(reasons);
}

/* Who may not know how much of a block the kernel has is not told that it is nothing. */
static void test_parts(void **state)
{
        (void) state;

        tells("[{\"code\":\"hole\",\"block\":32,\"bytes\":67108864,\"text\":\"Reserved\"}]",
              "32: block 32: has a hole of 64 MiB (Reserved in /proc/iomem), so the kernel cannot take it "
              "offline\n");
        tells("[{\"code\":\"hole\",\"block\":32}]",
              "32: block 32: has a hole, so the kernel cannot take it offline\n");
        tells("[{\"code\":\"reserved\",\"block\":32,\"bytes\":67108864,\"text\":\"Crash kernel\"}]",
              "32: block 32: the kernel keeps 64 MiB of it until the next boot: Crash kernel\n");
        tells("[{\"code\":\"reserved\",\"block\":32}]",
              "32: block 32: the kernel keeps a part of it until the next boot\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
