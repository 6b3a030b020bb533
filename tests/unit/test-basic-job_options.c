/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/job_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_words(void **state)
{
        static const char *const others[] = { "",    "Auto",     "auto ",     " drop", "dropp",
                                              "dro", "rollback", "roll_back", "0" };
        size_t n = 0;

        (void) state;

        for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++) {
                const struct job_option *option = job_option(id);

                assert_int_equal(option->type == 's', option->words != NULL);
                for (int i = 0; option->words && i <= option->max; i++, n++)
                        assert_int_equal(job_option_word(option, option->words[i]), i);
                if (option->words)
                        assert_null(option->words[option->max + 1]);
                for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                        assert_int_equal(job_option_word(option, others[i]), -1);
        }
        assert_int_equal(n, _CACHE_MODE_MAX + _STUCK_MODE_MAX + _ONLINE_ZONE_MAX);
        assert_int_equal(job_option_word(job_option(JOB_OPTION_STUCK), "drop"), -1);
        assert_int_equal(job_option_word(job_option(JOB_OPTION_CACHE), "drop"), CACHE_DROP);
        assert_string_equal(cache_mode_name(CACHE_KEEP), "keep");
        assert_string_equal(online_zone_name(ONLINE_KERNEL), "kernel");
}

/* What is set is what is got, the limits included, and no other option changes. */
static void test_values(void **state)
{
        (void) state;

        for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++) {
                const struct job_option *option = job_option(id);
                struct job_options options = JOB_OPTIONS_NONE, none = JOB_OPTIONS_NONE;

                assert_int_equal(job_option_get(option, &options), option->none);
                assert_false(job_option_set(option, &options, option->min - 1));
                if (option->max < INT64_MAX)
                        assert_false(job_option_set(option, &options, option->max + 1));
                assert_int_equal(job_option_get(option, &options), option->none);
                assert_true(job_option_set(option, &options, option->max));
                assert_int_equal(job_option_get(option, &options), option->max);
                for (enum job_option_id other = 0; other < _JOB_OPTION_MAX; other++)
                        if (job_option(other)->offset != option->offset)
                                assert_int_equal(job_option_get(job_option(other), &options),
                                                 job_option_get(job_option(other), &none));
                assert_true(job_option_set(option, &options, option->min));
                assert_int_equal(job_option_get(option, &options), option->min);
        }
}

/* Each request finds its options by their keys, and a key names one option of a request. */
static void test_sets(void **state)
{
        (void) state;

        for (enum option_set set = 0; set < _OPTION_SET_MAX; set++)
                for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++)
                        if (job_option_is_of(job_option(id), set))
                                assert_ptr_equal(job_option_find(set, job_option(id)->key), job_option(id));
        assert_null(job_option_find(OPTIONS_PLAN, "eject"));
        assert_null(job_option_find(OPTIONS_PLAN_DIMM, "resume"));
        assert_null(job_option_find(OPTIONS_NONE, "force"));
        assert_null(job_option_find(OPTIONS_OFFLINE, ""));
        assert_ptr_equal(job_option_find(OPTIONS_LEASE, "timeout_usec"),
                         job_option(JOB_OPTION_LEASE_TIMEOUT));
        assert_true(job_option_is_of_offline(job_option(JOB_OPTION_TO_NODE)));
        assert_false(job_option_is_of_offline(job_option(JOB_OPTION_TIMEOUT)));
}

static void test_none(void **state)
{
        const struct offline_options options = OFFLINE_OPTIONS_NONE;

        (void) state;

        assert_int_equal(options.to_node, -1);
        assert_int_equal(options.cache, CACHE_AUTO);
        assert_int_equal(options.stuck, STUCK_ROLL_BACK);
        assert_false(options.force || options.partial || options.swap || options.resume);
        assert_int_equal(options.rate + options.max_pause_usec, 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_sets),
                cmocka_unit_test(test_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
