/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/reserve_file.h"
#include "says.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int parse(const char *text, struct reserve_file *ret, char **message)
{
        return reserve_file_parse("a.conf", text, strlen(text), ret, message);
}

static void check_bad(const char *text, const char *says)
{
        struct reserve_file file = { .size = 77 };
        char *message = NULL;

        assert_int_equal(parse(text, &file, &message), -EINVAL);
        assert_int_equal(file.size, 77);
        assert_says(&message, says);
}

static void test_good(void **state)
{
        struct reserve_file file;
        char *message = NULL;

        (void) state;

        assert_int_equal(parse("# the camera's\n\n[Reservation]\nName=camera\n Size = 64M \nAlign=2MiB\n;x\n"
                               "Node=1\nArea=linux,cma\nMovable=no",
                               &file, &message),
                         0);
        assert_string_equal(file.name, "camera");
        assert_string_equal(file.area, "linux,cma");
        assert_int_equal(file.size, 64 << 20);
        assert_int_equal(file.align, 2 << 20);
        assert_int_equal(file.node, 1);
        assert_false(file.movable);

        assert_int_equal(parse("[Reservation]\nMovable=yes\nSize=4096\nName=a\n", &file, &message), 0);
        assert_true(file.movable);
        assert_int_equal(file.size, 4096);
        assert_int_equal(file.align, 0);
        assert_int_equal(file.node, -1);
        assert_string_equal(file.area, "");
        assert_false(file.warm);

        assert_int_equal(parse("[Warm]\nSize=128M\nNode=1\n", &file, &message), 0);
        assert_true(file.warm);
        assert_int_equal(file.size, 128 << 20);
        assert_int_equal(file.node, 1);
        assert_string_equal(file.name, "");
        assert_null(message);
}

#define HEAD "[Reservation]\nName=a\nSize=1M\n"

/* Each names the file, the line and what is accepted there. */
static void test_bad(void **state)
{
        struct reserve_file file;
        char *message = NULL;

        (void) state;

        check_bad("", "a.conf:1: Name= is missing");
        check_bad("\n\n", "a.conf:2: Name= is missing");
        check_bad("Name=a\n", "a.conf:1: \"Name\": accepted is [Reservation] or [Warm] before all else");
        check_bad("[reservation]\n", "a.conf:1: \"reservation\": accepted is [Reservation]");
        check_bad("[Reservation]\nName=a\n", "a.conf:2: Size= is missing");
        check_bad("[Reservation]\nSize=1M\n", "a.conf:2: Name= is missing");
        check_bad(HEAD HEAD, "a.conf:4: \"Reservation\": accepted is one section in a file");
        check_bad("[Warm]\n", "a.conf:1: Size= is missing");
        check_bad("[Warm]\nSize=1M\nName=a", "a.conf:3: \"Name\": accepted is Size and Node");
        check_bad("[Warm]\nSize=1M\n[Warm]\n", "a.conf:3: \"Warm\": accepted is one section in a file");
        check_bad(HEAD "Align", "a.conf:4: \"Align\": accepted is KEY=VALUE");
        check_bad(HEAD "align=2M",
                  "a.conf:4: \"align\": accepted is Name, Size, Align, Node, Area and Movable");
        check_bad(HEAD "=2M", "a.conf:4: \"\": accepted is Name, Size");
        check_bad(HEAD "Size=2M", "a.conf:4: Size is there twice");
        check_bad(HEAD "Align=3M", "a.conf:4: \"3M\": accepted is an amount of memory, a power of two");
        check_bad(HEAD "Align=0", "a.conf:4: \"0\": accepted is");
        check_bad(HEAD "Node=-1", "a.conf:4: \"-1\": accepted is the number of a NUMA node");
        check_bad(HEAD "Node=", "a.conf:4: \"\": accepted is the number of a NUMA node");
        check_bad(HEAD "Area=", "a.conf:4: \"\": accepted is the name of a CMA area");
        check_bad(HEAD "Area=a\x1b", "a.conf:4: \"a?\": accepted is the name of a CMA area");
        check_bad(HEAD "Movable=true", "a.conf:4: \"true\": accepted is yes or no");
        check_bad(HEAD "Movable=no\r", "a.conf:4: \"no?\": accepted is yes or no");
        check_bad("[Reservation]\nName=12\n", "a.conf:2: \"12\": accepted is up to 63 letters");
        check_bad("[Reservation]\nSize=0\n", "a.conf:2: \"0\": accepted is an amount of memory above 0");
        check_bad("[Reservation]\nSize=-4096\n", "a.conf:2: \"-4096\": accepted is an amount");
        check_bad("[Reservation]\nSize=lots\n", "a.conf:2: \"lots\": accepted is an amount");
        assert_int_equal(reserve_file_parse("b", HEAD "\0\n", sizeof(HEAD) + 1, &file, &message), -EINVAL);
        assert_says(&message, "b:3: accepted is text, and there is a NUL");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good),
                cmocka_unit_test(test_bad),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
