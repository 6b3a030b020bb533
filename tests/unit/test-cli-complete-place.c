/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete/place.h"
#include "cli/verbs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 16

static struct place place;

/* Words before the one that is being typed, separated by spaces. */
static void find(const char *line)
{
        static char copy[256];
        char *words[WORDS_MAX], *rest = NULL;
        size_t n = 0;

        free(place.args);
        (void) snprintf(copy, sizeof(copy), "%s", line);
        for (char *word = strtok_r(copy, " ", &rest); word && n < WORDS_MAX;
             word = strtok_r(NULL, " ", &rest))
                words[n++] = word;
        assert_int_equal(place_find(&all_verbs, words, n, &place), 0);
}

static void test_verbs(void **state)
{
        (void) state;

        find("");
        assert_true(!place.noun && !place.verb && !place.lost && !place.help);
        find("dimm");
        assert_string_equal(place.noun, "dimm");
        assert_null(place.verb);
        find("dimm offline PNP0C80:00 x");
        assert_string_equal(place.verb->name, "offline");
        assert_int_equal(place.n_args, 2);
        assert_string_equal(place.args[1], "x");
        find("status");
        assert_string_equal(place.verb->name, "status");
        find("help dimm");
        assert_true(place.help);
        assert_string_equal(place.noun, "dimm");
        find("dimm help");
        assert_true(place.lost && !place.help);
        find("help help");
        assert_true(place.lost);
        find("offline");
        assert_true(place.lost);
}

static void test_options(void **state)
{
        (void) state;

        find("--cache drop dimm offline -qJ --no-block");
        assert_string_equal(place.verb->name, "offline");
        assert_int_equal(place.n_args, 0);
        assert_true(place.given == (OPTION(CACHE) | OPTION(QUIET) | OPTION(JSON) | OPTION(NO_BLOCK)));
        find("block list -o");
        assert_int_equal(place.awaited, OPTION_OUTPUT);
        find("block list -Jo");
        assert_int_equal(place.awaited, OPTION_OUTPUT);
        find("block list -oBLOCK");
        assert_int_equal(place.awaited, _OPTION_MAX);
        find("--json");
        assert_int_equal(place.awaited, _OPTION_MAX);
        find("--root /a --host=b");
        assert_string_equal(place.root, "/a");
        assert_string_equal(place.host, "b");
        find("-Hhost --frob -y -");
        assert_string_equal(place.host, "host");
        assert_true(place.lost); /* "-" is no verb */
}

static void test_commands(void **state)
{
        (void) state;

        find("lru-cache hold --timeout 5 -- ls -J");
        assert_true(place.command_begun);
        assert_int_equal(place.command, 5);
        assert_false(place.given & OPTION(JSON));
        find("dimm show -- -x");
        assert_int_equal(place.n_args, 1);
        /* the value of an option, and no end of options */
        find("map --svg -- --no-color");
        assert_false(place.command_begun);
        assert_true(place.given & OPTION(NO_COLOR));
}

static void test_names_of_options(void **state)
{
        (void) state;

        assert_int_equal(place_option("cache=x", 5), OPTION_CACHE);
        assert_int_equal(place_option("cach", 4), _OPTION_MAX);
        assert_int_equal(place_option("", 0), _OPTION_MAX);
        assert_int_equal(place_letter('o'), OPTION_OUTPUT);
        assert_int_equal(place_letter('y'), _OPTION_MAX);
        assert_int_equal(place_letter('\0'), _OPTION_MAX);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_verbs),
                cmocka_unit_test(test_options),
                cmocka_unit_test(test_commands),
                cmocka_unit_test(test_names_of_options),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);

        free(place.args);
        return failed;
}
