/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sections of a report that a tree has nothing for: jobs, and how memory was before.
 */
#include "cli/report/html.h"
#include "cli/report/sections.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char *text_of(int (*put)(FILE *file, const struct facts *facts), const struct facts *facts)
{
        char *text = NULL;
        size_t size;
        FILE *file = open_memstream(&text, &size);

        assert_non_null(file);
        assert_int_equal(put(file, facts), 0);
        assert_int_equal(fclose(file), 0);
        return text;
}

static size_t count(const char *text, const char *what)
{
        size_t n = 0;

        for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
                n++;
        return n;
}

/* n samples of node 0, ten minutes apart, and half as many of node 1: the worse it gets the later it is. */
static json_object *history(unsigned int n)
{
        json_object *list = json_object_new_array();

        for (unsigned int i = 0; i < n; i++)
                for (unsigned int node = 0; node < 2; node++) {
                        json_object *sample;

                        if (node == 1 && i % 2)
                                continue;
                        sample = json_object_new_object();
                        json_object_object_add(sample, "node", json_object_new_int((int) node));
                        json_object_object_add(sample, "usec",
                                               json_object_new_uint64(UINT64_C(1700000000000000) +
                                                                      i * UINT64_C(600000000)));
                        json_object_object_add(sample, "free_pages", json_object_new_uint64(n * 100));
                        json_object_object_add(sample, "small_pages", json_object_new_uint64(i * 100));
                        json_object_array_add(list, sample);
                }
        return list;
}

static json_object *policy(unsigned int n)
{
        json_object *object =
                json_tokener_parse("{\"nodes\":[{\"node\":0,\"order\":9,\"free\":3,\"target\":7,\"small_"
                                   "pages\":512,\"state\":\"off\","
                                   "\"reason\":\"a <b> & "
                                   "c\"},{\"node\":1,\"order\":9,\"free\":0,\"target\":7,\"small_pages\":0,"
                                   "\"state\":\"gone\",\"reason\":\"\"}]}");

        json_object_object_add(object, "history", history(n));
        return object;
}

static void test_history(void **state)
{
        struct facts facts = { .policy = policy(10), .why = { [FACT_SURVEY] = "nobody counts" } };
        _cleanup_free_ char *text = text_of(section_fragmentation, &facts), *none = NULL;

        (void) state;

        assert_int_equal(count(text, "<svg class=\"chart\""), 2);
        assert_non_null(strstr(text,
                               "Node 0: share of free memory in pieces below a huge page, 0 % at first and "
                               "90 % at last, in 10 looks"));
        /* from the left below to the right above */
        assert_non_null(strstr(text, "<path d=\"M0.0 100.0L66.7 90.0L133.3 80.0"));
        assert_non_null(strstr(text, "L600.0 10.0\"/>"));
        assert_non_null(strstr(text, "22:13 UTC</span><span>23:43 UTC"));
        assert_non_null(strstr(text, "off: a &lt;b&gt; &amp; c"));
        assert_non_null(strstr(text, "<td class=\"n\">25 %</td>"));
        assert_non_null(strstr(text, "nobody counts"));
        json_object_put(facts.policy);

        facts.policy = policy(2);
        none = text_of(section_fragmentation, &facts);
        assert_int_equal(count(none, "<svg class=\"chart\""), 0);
        assert_non_null(strstr(none, "Over time nothing is known"));
        json_object_put(facts.policy);
}

static void test_jobs(void **state)
{
        struct facts facts = {
                .jobs = json_tokener_parse(
                        "[{\"Id\":7,\"Verb\":\"dimm-offline\",\"Target\":\"PNP0C80:00\",\"State\":"
                        "\"finished\","
                        "\"Result\":\"failed\",\"BlocksDone\":2,\"BlocksTotal\":8,\"PagesMigrated\":512,"
                        "\"ElapsedUSec\":2500000,\"Notes\":[\"no "
                        "<fence>\"],\"Reasons\":[{\"code\":\"unmovable\","
                        "\"block\":33,\"pages\":12,\"owner\":\"slab\"}]},"
                        "{\"Id\":8,\"Verb\":\"compact\",\"Target\":\"</"
                        "table>\",\"State\":\"running\",\"Result\":\"\"}]"),
        };
        _cleanup_free_ char *text = text_of(section_jobs, &facts);

        (void) state;

        assert_non_null(strstr(text, "<td>failed</td><td class=\"n\">2 of 8</td><td class=\"n\">512</td>"
                                     "<td class=\"n\">2.5</td>"));
        assert_non_null(strstr(text, "<li>PNP0C80:00: block 33: 12 pages do not move (mostly slab)</li>"
                                     "<li>no &lt;fence&gt;</li>"));
        assert_non_null(strstr(text, "<td>&lt;/table&gt;</td><td>running</td>"));
        assert_int_equal(count(text, "</table>"), 1);
        json_object_put(facts.jobs);
}

static void test_text(void **state)
{
        static const struct {
                const char *text, *written;
        } cases[] = {
                { "a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;" },
                { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
                { "a\xffz", "a?z" },
                { "\xe2\x82", "??" },
                { "\xed\xa0\x80", "???" },
                { "a\tb\nc\x7f\xc2\x85", "a?b?c??" },
                { "x\xe2\x80\xaey\xe2\x81\xa6z", "x?y?z" },
                { "\xef\xbf\xbe\xef\xbf\xbf\xef\xb7\x90", "???" },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *written = NULL;
                size_t size;
                FILE *file = open_memstream(&written, &size);

                assert_non_null(file);
                html_text(file, cases[i].text);
                assert_int_equal(fclose(file), 0);
                assert_string_equal(written, cases[i].written);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_history),
                cmocka_unit_test(test_jobs),
                cmocka_unit_test(test_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
