/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/ask/parse.h"
#include "cli/verbs.h"

#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct context context;
static struct question question;

/* Words are separated by spaces. */
static int parse(const char *line)
{
        static char copy[256];
        static char *argv[32];
        char *rest = NULL;
        int argc = 0;

        (void) snprintf(copy, sizeof(copy), "memctl %s", line);
        for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
                argv[argc++] = word;
        argv[argc] = NULL;
        context = CONTEXT_NONE;
        optind = 0; /* from the beginning again */
        return parse_command_line(argc, argv, &all_verbs, &context, &question);
}

static void test_options_of_jobs(void **state)
{
        (void) state;

        assert_int_equal(parse("dimm offline PNP0C80:00 --to-node 1 --cache drop --rate 2M/s --max-pause "
                               "5ms --timeout 2 "
                               "--stuck wait --force --eject"),
                         0);
        assert_string_equal(question.verb->name, "offline");
        assert_int_equal(context.n_args, 1);
        assert_int_equal(context.job.offline.to_node, 1);
        assert_int_equal(context.job.offline.cache, CACHE_DROP);
        assert_int_equal(context.job.offline.stuck, STUCK_WAIT);
        assert_int_equal(context.job.offline.rate, 2 << 20);
        assert_int_equal(context.job.offline.max_pause_usec, 5000);
        assert_int_equal(context.job.timeout_usec, 2000000);
        assert_true(context.job.eject && context.job.offline.force);
        assert_int_equal(__builtin_popcount(context.given), 8);
        assert_int_equal(parse("dimm offline PNP0C80:00 --rate 9223372036854775808"), -EINVAL);
}

/* Each option goes with the verbs whose request takes it, and with no other. */
static void test_what_goes_with_what(void **state)
{
        static const char *const good[] = {
                "block list -o BLOCK -nbJ",
                "block list --json=off",
                "lru-cache hold --timeout 1 -- true -J --frob",
                "dimm plan x --eject",
                "node offline 1 --no-block -q",
                "-q --no-pager --no-ask-password status -b",
        };
        static const char *const bad[] = {
                "node plan 1 --eject",
                "dimm plan x --resume",
                "dimm plan x --no-block",
                "job list --timeout 1",
                "status -o BLOCK",
                "version -n",
                "job wait 1 -n",
                "block list --json=on",
                "block list -o x",
                "block list -o",
                "block list --output=",
                "dimm list --eject=1",
                "lru-cache hold -o PID -- true",
                "--root / dimm offline x --no-block",
                "-x status",
                "--",
                "helo",
                "help frob",
                "help dimm frob",
                "--host x\xffy status",
        };

        (void) state;

        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                assert_int_equal(parse(good[i]), 0);
        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                assert_int_equal(parse(bad[i]), -EINVAL);
}

/* How errors are printed is known even where --json comes after what is wrong. */
static void test_json_after_an_error(void **state)
{
        (void) state;

        assert_int_equal(parse("--frob --json=short status"), -EINVAL);
        assert_int_equal(context.output, OUTPUT_JSON_SHORT);
        assert_int_equal(parse("-J status --json=off"), 0);
        assert_int_equal(context.output, OUTPUT_TEXT);
}

static void test_help(void **state)
{
        (void) state;

        assert_int_equal(parse("--help"), 0);
        assert_true(question.asked == ASKED_HELP && !question.verb && !question.noun);
        assert_int_equal(parse("help dimm"), 0);
        assert_string_equal(question.noun, "dimm");
        for (size_t i = 0; i < 3; i++) {
                static const char *const lines[] = { "help dimm offline", "dimm offline --help",
                                                     "dimm offline x -h" };

                assert_int_equal(parse(lines[i]), 0);
                assert_int_equal(question.asked, ASKED_HELP);
                assert_string_equal(question.verb->name, "offline");
        }
        assert_int_equal(parse("--version"), 0);
        assert_int_equal(question.asked, ASKED_VERSION);
}

/* Tables that are printed and searched are whole. */
static void test_tables(void **state)
{
        (void) state;

        for (size_t i = 0; i < all_verbs.n; i++) {
                const struct verb *verb = &all_verbs.items[i];

                assert_ptr_equal(verb_find(&all_verbs, verb->noun, verb->name), verb);
                assert_true(verb->run && verb->help && verb->args);
                assert_non_null(strstr(verb->example, verb->name));
                assert_true(!verb->columns || verb->columns->n <= COLUMNS_MAX);
        }
        for (enum option_id id = 0; id < _OPTION_MAX; id++) {
                const struct cli_option *row = option_row(id);

                assert_true(row->name && row->help);
                assert_int_equal(row->value != NULL, row->accepted != NULL);
                if (row->of_job)
                        assert_string_equal(row->name, job_option(row->job)->name);
        }
        /* each option of a job can be written on the command line */
        for (enum option_set set = 0; set < _OPTION_SET_MAX; set++) {
                size_t n = 0;

                for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++)
                        n += job_option_is_of(job_option(id), set);
                assert_int_equal(__builtin_popcountll(options_of_set(set)), n);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_options_of_jobs),
                cmocka_unit_test(test_what_goes_with_what),
                cmocka_unit_test(test_json_after_an_error),
                cmocka_unit_test(test_help),
                cmocka_unit_test(test_tables),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
