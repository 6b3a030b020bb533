/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char *text_of(const char *job, uint64_t elapsed_usec, size_t columns)
{
        _cleanup_json_ json_object *object = json_tokener_parse(job);

        assert_non_null(object);
        return progress_text(object, elapsed_usec, columns);
}

static void test_lines(void **state)
{
        static const struct {
                const char *job;
                uint64_t elapsed_usec;
                const char *text;
        } cases[] = {
                /* as a daemon tells that has just begun */
                { "{\"Target\":\"PNP0C80:00\",\"State\":\"planning\",\"Stage\":\"\",\"CurrentBlock\":"
                  "4294967295}",
                  0, "PNP0C80:00  planning  0 s" },
                { "{\"Target\":\"PNP0C80:00\",\"State\":\"running\",\"Stage\":\"fencing\",\"BlocksTotal\":"
                  "16,"
                  "\"PagesHeld\":4096,\"PagesInUse\":256000,\"PagesMigrated\":7,\"EstimatedUSec\":9100000,"
                  "\"CurrentBlock\":4294967295}",
                  1999999,
                  "PNP0C80:00  fencing [................] 0/16  7/256000 pages moved, 4096 held  1/10 s" },
                { "{\"Target\":\"32-39\",\"State\":\"running\",\"Stage\":\"stuck\",\"BlocksTotal\":8,"
                  "\"BlocksDone\":2,"
                  "\"PagesInUse\":18446744073709551615,\"PagesMigrated\":1,\"CurrentBlock\":37}",
                  61000000, "32-39  stuck block 37 [####............] 2/8  1 pages moved  61 s" },
                { "{\"Target\":\"3\",\"State\":\"rolling-back\",\"Stage\":\"\",\"BlocksTotal\":1,"
                  "\"BlocksDone\":1,"
                  "\"CurrentBlock\":0}",
                  0, "3  rolling-back block 0 [################] 1/1  0 pages moved  0 s" },
                /* nonsense */
                { "{\"Target\":\"a\\u001b[2Jb\\n\",\"State\":7,\"BlocksTotal\":1,\"BlocksDone\":9}", 0,
                  "a?[2Jb?   [................] 9/1  0 pages moved  0 s" },
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = text_of(cases[i].job, cases[i].elapsed_usec, 200);

                assert_string_equal(text, cases[i].text);
        }
}

static void test_narrow_terminals(void **state)
{
        static const char job[] = "{\"Target\":\"PNP0C80:00\",\"State\":\"running\",\"Stage\":\"offlining\","
                                  "\"PagesHeld\":7,\"BlocksTotal\":2}";
        static const char whole[] = "PNP0C80:00  offlining [................] 0/2  0 pages moved  0 s";
        static const char bare[] = "PNP0C80:00  offlining 0/2 blocks  0 pages moved  0 s";

        (void) state;

        for (size_t columns = 0; columns < 100; columns++) {
                _cleanup_free_ char *text = text_of(job, 0, columns);

                if (columns >= strlen(whole)) {
                        assert_string_equal(text, whole);
                        continue;
                }
                assert_int_equal(strlen(text), columns < strlen(bare) ? columns : strlen(bare));
                assert_memory_equal(text, bare, strlen(text));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_narrow_terminals),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
