/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/machine/cmdline.h"
#include "tree.h"

#include <string.h>

static void test_words(void **state)
{
        static const char text[] =
                "  root=/dev/sda1\tdyndbg=\"file a.c +p; x\" \"quoted=a b\" =odd quiet -- cma=1";
        static const struct {
                const char *word, *name;
                bool has_value, ends;
        } wanted[] = {
                { "root=/dev/sda1", "root", true, false },
                { "dyndbg=\"file a.c +p; x\"", "dyndbg", true, false },
                { "\"quoted=a b\"", "quoted", true, false },
                { "=odd", "=odd", false, false },
                { "quiet", "quiet", false, false },
                { "--", "__", false, true },
                { "cma=1", "cma", true, false },
        };
        struct cmdline_word word;
        size_t at = 0, n = 0;

        (void) state;

        while (cmdline_next(text, strlen(text), &at, &word)) {
                assert_true(n < ELEMENTSOF(wanted));
                assert_int_equal(word.end - word.start, strlen(wanted[n].word));
                assert_memory_equal(text + word.start, wanted[n].word, word.end - word.start);
                assert_true(cmdline_word_is(text, &word, wanted[n].name));
                assert_false(cmdline_word_is(text, &word, "roo"));
                assert_int_equal(word.has_value, wanted[n].has_value);
                assert_int_equal(cmdline_word_ends(text, &word), wanted[n].ends);
                n++;
        }
        assert_int_equal(n, ELEMENTSOF(wanted));
}

static void test_sizes(void **state)
{
        static const struct {
                const char *text;
                bool ok;
                uint64_t size;
                const char *left;
        } cases[] = {
                { "0", true, 0, "" },
                { "64M", true, UINT64_C(64) << 20, "" },
                { "64m@16M", true, UINT64_C(64) << 20, "@16M" },
                { "0x10k", true, 16384, "" },
                { "010", true, 8, "" },
                { "16E", false, 0, "16E" },
                { "15E", true, UINT64_C(15) << 60, "" },
                { "18446744073709551616", false, 0, "18446744073709551616" },
                { "18446744073709551615", true, UINT64_MAX, "" },
                { "", false, 0, "" },
                { "-1", false, 0, "-1" },
                { " 1", false, 0, " 1" },
                { "M", false, 0, "M" },
                { "1MM", true, 1 << 20, "M" },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                uint64_t size = 0;
                const char *end;

                assert_int_equal(cmdline_size(cases[i].text, &end, &size), cases[i].ok);
                assert_int_equal(size, cases[i].size);
                assert_string_equal(end, cases[i].left);
        }
}

static void test_areas(void **state)
{
        struct cmdline cmdline;

        (void) state;

        cmdline_parse("", &cmdline);
        assert_false(cmdline.cma.given || cmdline.pernuma_given || cmdline.numa_given ||
                     cmdline.hugetlb_given);
        cmdline_parse("cmas=1M xcma=2M cma", &cmdline);
        assert_true(cmdline.cma.given);
        assert_true(cmdline.cma.malformed);

        /* the last one counts, for the kernel too */
        cmdline_parse("cma=1M quiet cma=64M@16M-256M\n", &cmdline);
        assert_false(cmdline.cma.malformed);
        assert_int_equal(cmdline.cma.size, 64 << 20);
        assert_int_equal(cmdline.cma.start, 16 << 20);
        assert_int_equal(cmdline.cma.end, 256 << 20);
        assert_string_equal(cmdline.cma.text, "64M@16M-256M");
        cmdline_parse("\"cma=64M@16M\" ", &cmdline);
        assert_int_equal(cmdline.cma.end, 80 << 20);
        cmdline_parse("cma=\"8M\"", &cmdline);
        assert_int_equal(cmdline.cma.size, 8 << 20);
        cmdline_parse("cma=64M@", &cmdline);
        assert_true(cmdline.cma.malformed);
        assert_int_equal(cmdline.cma.size, 64 << 20);
        cmdline_parse("cma=lots", &cmdline);
        assert_true(cmdline.cma.malformed);
        assert_int_equal(cmdline.cma.size, 0);

        /* for init */
        cmdline_parse("quiet -- cma=64M", &cmdline);
        assert_false(cmdline.cma.given);

        cmdline_parse("cma-pernuma=32M numa_cma=0:16M,1:8M hugetlb_cma=2G", &cmdline);
        assert_true(cmdline.pernuma_given && cmdline.numa_given && cmdline.hugetlb_given);
        assert_int_equal(cmdline.pernuma, 32 << 20);
        assert_string_equal(cmdline.numa, "0:16M,1:8M");
        assert_string_equal(cmdline.hugetlb, "2G");
}

static void test_format(void **state)
{
        char buf[CMDLINE_SIZE_MAX];

        (void) state;

        assert_string_equal(cmdline_format_size(0, buf), "0");
        assert_string_equal(cmdline_format_size(5, buf), "5");
        assert_string_equal(cmdline_format_size(4096, buf), "4K");
        assert_string_equal(cmdline_format_size(UINT64_C(64) << 20, buf), "64M");
        assert_string_equal(cmdline_format_size(UINT64_C(1025) << 20, buf), "1025M");
        assert_string_equal(cmdline_format_size(UINT64_C(2048) << 30, buf), "2048G");
        assert_string_equal(cmdline_format_size(UINT64_MAX, buf), "18446744073709551615");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_areas),
                cmocka_unit_test(test_format),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
