/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/boot/edit.h"
#include "tree.h"

#include <errno.h>
#include <string.h>

static void check_line(const char *line, const char *parameters, bool add, const char *wanted)
{
        struct edited edited;

        assert_int_equal(edit_command_line(line, strlen(line), parameters, add, &edited), 0);
        assert_string_equal(edited.text, wanted);
        assert_int_equal(edited.size, strlen(wanted));
        free(edited.text);
}

static void test_lines(void **state)
{
        (void) state;

        check_line("root=/dev/sda1 quiet", "cma=64M", true, "root=/dev/sda1 quiet cma=64M");
        check_line("", "cma=64M", true, "cma=64M");
        check_line("  ro ", "cma=64M", true, "  ro cma=64M ");
        check_line("ro cma=1M quiet", "cma=64M", true, "ro cma=64M quiet");
        check_line("ro cma=1M quiet cma=2M  x", "cma=64M", true, "ro cma=64M quiet  x");
        check_line("cma=1M ro", "cma=64M cma_pernuma=0", true, "cma=64M ro cma_pernuma=0");
        check_line("\"cma=1M\" cma-pernuma=4M", "cma=64M cma_pernuma=0", true, "cma=64M cma_pernuma=0");
        check_line("ro -- single", "cma=64M", true, "ro cma=64M -- single");
        check_line("-- cma=1M", "cma=64M", true, "cma=64M -- cma=1M");
        check_line("x=\"a cma=1M b\" cmas=3", "cma=64M", true, "x=\"a cma=1M b\" cmas=3 cma=64M");
        check_line("ro cma=1M quiet", "cma=64M", false, "ro quiet");
        check_line("ro cma=64M", "cma=64M", true, "ro cma=64M");
}

static void check_lines(const char *text, const char *keyword, enum edit_which which, size_t lines,
                        const char *wanted)
{
        struct edited edited;

        assert_int_equal(edit_lines(text, strlen(text), keyword, which, "cma=64M", &edited), 0);
        assert_string_equal(edited.text, wanted);
        assert_int_equal(edited.lines, lines);
        free(edited.text);
}

/* Everything but the command lines stays: CRLF, blanks, a last line without an end, comments. */
static void test_texts(void **state)
{
        (void) state;

        check_lines("ro", NULL, EDIT_EACH, 1, "ro cma=64M");
        check_lines("\n \nro\r\nmore\n", NULL, EDIT_EACH, 1, "\n \nro cma=64M\r\nmore\n");
        check_lines("", NULL, EDIT_EACH, 0, "");
        check_lines("\n\n", NULL, EDIT_EACH, 0, "\n\n");
        check_lines("label a\n\tAPPEND ro quiet\nlabel b\n  append\tro cma=1M", "append", EDIT_EACH, 2,
                    "label a\n\tAPPEND ro quiet cma=64M\nlabel b\n  append\tro cma=64M");
        check_lines("#append x\nappendix y\nappend\n", "append", EDIT_EACH, 0,
                    "#append x\nappendix y\nappend\n");
        check_lines("options ro cma=1M\r\nlinux x\r\noptions quiet\r\n", "options", EDIT_LAST, 1,
                    "options ro\r\nlinux x\r\noptions quiet cma=64M\r\n");
        check_lines("\0", "options", EDIT_LAST, 0, "");
}

/* The kernel cuts off what is longer than it takes. */
static void test_long(void **state)
{
        char line[2049];
        struct edited edited;

        (void) state;

        memset(line, 'x', sizeof(line));
        line[sizeof(line) - 1] = '\0';
        assert_int_equal(edit_command_line(line, 2047 - 8, "cma=64M", true, &edited), 0);
        assert_int_equal(edited.size, 2047);
        free(edited.text);
        assert_int_equal(edit_command_line(line, 2047 - 7, "cma=64M", true, &edited), -E2BIG);
        assert_null(edited.text);
        assert_int_equal(edit_lines(line, strlen(line), NULL, EDIT_EACH, "cma=64M", &edited), -E2BIG);
        assert_null(edited.text);
}

/* What is added would be a part of it. */
static void test_open(void **state)
{
        static const char *const lines[] = { "ro x=\"a b", "\"", "ro\" cma=1M", "cma=\"1M ro" };
        struct edited edited;

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(lines); i++) {
                assert_int_equal(edit_command_line(lines[i], strlen(lines[i]), "cma=64M", true, &edited),
                                 -EBADMSG);
                assert_null(edited.text);
        }
        /* for init it may be as it likes */
        check_line("ro -- \"", "cma=64M", true, "ro cma=64M -- \"");
}

static void test_has(void **state)
{
        static const char text[] = "menuentry {\n\tlinux /vmlinuz ro cma=64M cma_pernuma=0\n}\n";

        (void) state;

        assert_true(edit_has(text, strlen(text), "cma=64M"));
        assert_true(edit_has(text, strlen(text), "cma_pernuma=0 cma=64M"));
        assert_false(edit_has(text, strlen(text), "cma=6"));
        assert_false(edit_has(text, strlen(text), "cma=64M hugetlb_cma=1G"));
        assert_false(edit_has(text, 30, "cma=64M"));
}

static void test_pick(void **state)
{
        static const char text[] = "linux /vmlinuz ro cma=64M\n";
        char buf[32] = "", small[10] = "";

        (void) state;

        edit_pick("cma=64M cma_pernuma=0 x", text, strlen(text), false, buf, sizeof(buf));
        assert_string_equal(buf, "cma_pernuma=0 x");
        edit_pick("cma=64M cma_pernuma=0 x", text, strlen(text), true, buf, sizeof(buf));
        assert_string_equal(buf, "cma_pernuma=0 x cma=64M");
        edit_pick("", text, strlen(text), true, small, sizeof(small));
        assert_string_equal(small, "");
        edit_pick("cma_pernuma=0", NULL, 0, false, small, sizeof(small));
        assert_string_equal(small, "cma_pernu");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines), cmocka_unit_test(test_texts), cmocka_unit_test(test_long),
                cmocka_unit_test(test_open),  cmocka_unit_test(test_has),   cmocka_unit_test(test_pick),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
