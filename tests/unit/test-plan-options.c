/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Every mode has a word of its own, which leads back to it. */
static void test_words(void **state)
{
        (void) state;

        for (int mode = 0; mode < _CACHE_MODE_MAX; mode++)
                assert_int_equal(cache_mode_parse(cache_mode_name((enum cache_mode) mode)), mode);
        for (int mode = 0; mode < _STUCK_MODE_MAX; mode++)
                assert_int_equal(stuck_mode_parse(stuck_mode_name((enum stuck_mode) mode)), mode);
        assert_int_equal(cache_mode_parse("drop"), CACHE_DROP);
        assert_int_equal(stuck_mode_parse("roll-back"), STUCK_ROLL_BACK);
}

static void test_other_words(void **state)
{
        static const char *const words[] = { "",    "Auto",     "auto ",     " drop", "dropp",
                                             "dro", "rollback", "roll_back", "0" };

        (void) state;

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                assert_int_equal(cache_mode_parse(words[i]), -EINVAL);
                assert_int_equal(stuck_mode_parse(words[i]), -EINVAL);
        }
        assert_int_equal(stuck_mode_parse("drop"), -EINVAL);
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
                cmocka_unit_test(test_other_words),
                cmocka_unit_test(test_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
