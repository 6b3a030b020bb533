/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The loop that is measured: what it says of a dispatch that takes long.
 */
#include "daemon/core/lag.h"
#include "tree.h"

#include <string.h>
#include <unistd.h>

static int on_short(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source, (void) usec, (void) userdata;

        lag_note("a short one", NULL);
        return 0;
}

static int on_long(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) usec, (void) userdata;

        lag_note("a long one", "seven");
        usleep(2 * LAG_MAX_USEC);
        return sd_event_exit(sd_event_source_get_event(source), 3);
}

static void test_longest(void **state)
{
        sd_event *event;
        const char *what;

        (void) state;

        assert_int_equal(sd_event_new(&event), 0);
        assert_true(sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, 1, 1, on_short, NULL) >= 0);
        assert_true(sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, 20000, 1, on_long, NULL) >= 0);
        assert_int_equal(lag_loop(event, true), 3);
        assert_true(lag_longest(&what) >= 2 * LAG_MAX_USEC);
        assert_string_equal(what, "a long one of seven");
        sd_event_unref(event);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_longest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
