/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/map_svg.h"

#include "memctl/bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_text(void **state)
{
        static const struct {
                const char *text, *written;
        } cases[] = {
                { "DIMM A1", "DIMM A1" },
                { "", "" },
                { "<script>", "&lt;script&gt;" },
                { "a&b;\"'", "a&amp;b;&quot;&#39;" },
                { "]]>", "]]&gt;" },
                { "a\nb\tc\x01\x1b[31m\x7f", "a?b?c??[31m?" },
                { "\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac" },
                { "x\xef\xbf\xbey\xef\xbf\xbfz\xef\xbf\xbd", "x?y?z\xef\xbf\xbd" },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *written = NULL;
                size_t size;
                FILE *file = open_memstream(&written, &size);

                assert_non_null(file);
                svg_text(file, cases[i].text);
                assert_int_equal(fclose(file), 0);
                assert_string_equal(written, cases[i].written);
        }
}

static void test_labels(void **state)
{
        static const uint32_t number[] = { 4 }, dimm[] = { 0 };
        struct wire_blocks wire = {
                .block_size = 1U << 27,
                .number = { number, 1 },
                .dimm = { dimm, 1 },
                .dimms = json_tokener_parse("[\"PNP0C80:00\"]"),
        };
        json_object *labels = json_tokener_parse("[{\"Name\":\"PNP0C80:00\",\"Label\":\"</title><x a='\"}]");
        struct picture_block block = { .number = 4, .counted = true, .pages.unmovable = 7 };
        _cleanup_free_ char *svg = NULL;
        size_t size;
        FILE *file = open_memstream(&svg, &size);

        (void) state;

        assert_non_null(file);
        assert_int_equal(map_svg(file, &wire, &block, labels), 0);
        assert_int_equal(fclose(file), 0);
        assert_non_null(strstr(svg, "<title>block 4, 0x0000000020000000-0x0000000027ffffff\n"));
        assert_non_null(strstr(svg, "0 free, 0 movable, 7 unmovable"));
        assert_non_null(strstr(svg, "\nDIMM PNP0C80:00, &lt;/title&gt;&lt;x a=&#39;</title>"));
        assert_null(strstr(svg, "</title><x"));
        json_object_put(wire.dimms);
        json_object_put(labels);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),
                cmocka_unit_test(test_labels),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
