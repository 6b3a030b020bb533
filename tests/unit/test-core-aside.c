/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Work in a thread: who has what it works on, when it is done, late, given up, or too much.
 */
#include "daemon/core/aside.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#define LONG_USEC  (60 * UINT64_C(1000000))
#define SHORT_USEC (20 * UINT64_C(1000))

struct what {
        atomic_bool *go_on; /* NULL: it does not wait */
        int number;
        char *made;
};

static atomic_int n_freed;

static void work(void *userdata)
{
        static const struct timespec pause = { .tv_nsec = 1000 * 1000 };
        struct what *what = userdata;

        while (what->go_on && !atomic_load(what->go_on))
                (void) nanosleep(&pause, NULL);
        what->number++;
        what->made = malloc(7);
}

static void free_what(void *userdata)
{
        struct what *what = userdata;

        free(what->made);
        free(what);
        (void) atomic_fetch_add(&n_freed, 1);
}

static struct what *what_new(atomic_bool *go_on)
{
        struct what *what = calloc(1, sizeof(*what));

        assert_non_null(what);
        what->go_on = go_on;
        return what;
}

struct seen {
        sd_event *event;
        struct aside *aside;
        int calls, number;
        bool in_time;
        char *taken;
};

static void on_done(void *userdata, void *data)
{
        struct seen *seen = userdata;
        struct what *what = data;

        seen->calls++;
        seen->in_time = what != NULL;
        if (what) {
                seen->number = what->number;
                seen->taken = TAKE_PTR(what->made);
        }
        seen->aside = aside_free(seen->aside);
        assert_true(sd_event_exit(seen->event, 0) >= 0);
}

static void wait_for_freed(int n)
{
        static const struct timespec pause = { .tv_nsec = 1000 * 1000 };

        while (atomic_load(&n_freed) < n)
                (void) nanosleep(&pause, NULL);
}

static void test_done(void **state)
{
        const struct aside_task task = { .work = work, .free_what = free_what, .stall_usec = LONG_USEC };
        struct seen seen = { 0 };

        (void) state;

        atomic_store(&n_freed, 0);
        assert_true(sd_event_new(&seen.event) >= 0);
        assert_int_equal(aside_new(seen.event, &task, what_new(NULL), on_done, &seen, &seen.aside), 0);
        assert_int_equal(sd_event_loop(seen.event), 0);
        assert_int_equal(seen.calls, 1);
        assert_true(seen.in_time);
        assert_int_equal(seen.number, 1);
        wait_for_freed(1);
        free(seen.taken); /* what was taken out of it is the handler's */
        sd_event_unref(seen.event);
}

/* The loop goes on; what is made later is freed by the thread. */
static void test_late(void **state)
{
        const struct aside_task task = { .work = work, .free_what = free_what, .stall_usec = SHORT_USEC };
        atomic_bool go_on = false;
        struct seen seen = { 0 };

        (void) state;

        atomic_store(&n_freed, 0);
        assert_true(sd_event_new(&seen.event) >= 0);
        assert_int_equal(aside_new(seen.event, &task, what_new(&go_on), on_done, &seen, &seen.aside), 0);
        assert_int_equal(sd_event_loop(seen.event), 0);
        assert_int_equal(seen.calls, 1);
        assert_false(seen.in_time);
        assert_int_equal(atomic_load(&n_freed), 0);
        atomic_store(&go_on, true);
        wait_for_freed(1);
        sd_event_unref(seen.event);
}

static void test_so_many_and_no_more(void **state)
{
        const struct aside_task task = { .work = work, .free_what = free_what, .stall_usec = LONG_USEC };
        struct aside *asides[ASIDES_MAX], *one_more = NULL;
        struct what *what = what_new(NULL);
        atomic_bool go_on = false;
        struct seen seen = { 0 };

        (void) state;

        atomic_store(&n_freed, 0);
        assert_true(sd_event_new(&seen.event) >= 0);
        for (size_t i = 0; i < ASIDES_MAX; i++)
                assert_int_equal(aside_new(seen.event, &task, what_new(&go_on), on_done, &seen, &asides[i]),
                                 0);
        assert_int_equal(aside_new(seen.event, &task, what, on_done, &seen, &one_more), -EBUSY);
        assert_null(one_more);
        free_what(what); /* it stayed ours */
        for (size_t i = 0; i < ASIDES_MAX; i++)
                aside_free(asides[i]); /* given up: the threads free what they have */
        assert_int_equal(atomic_load(&n_freed), 1);
        atomic_store(&go_on, true);
        wait_for_freed(1 + ASIDES_MAX);
        assert_int_equal(seen.calls, 0);
        sd_event_unref(seen.event);
}

static void run_errand(void *userdata)
{
        work(userdata);
        free_what(userdata);
}

static void test_errand(void **state)
{
        atomic_bool go_on = false;

        (void) state;

        atomic_store(&n_freed, 0);
        aside_run(run_errand, what_new(&go_on));
        assert_false(asides_are_gone(10000));
        atomic_store(&go_on, true);
        assert_true(asides_are_gone(LONG_USEC));
        assert_int_equal(atomic_load(&n_freed), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_done),
                cmocka_unit_test(test_late),
                cmocka_unit_test(test_so_many_and_no_more),
                cmocka_unit_test(test_errand),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
