/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/clock.h"
#include "matrix/probe.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int refuse(struct sample *sample)
{
        return sample_refuse(sample, -ENODEV, "needs a %s", "balloon");
}

static int not_there(struct sample *sample)
{
        return sample_refuse(sample, -EOPNOTSUPP, "the kernel has none");
}

static int __attribute__((noreturn)) hang(struct sample *sample)
{
        (void) sample;
        for (;;)
                (void) pause();
}

static int crash(struct sample *sample)
{
        (void) sample;
        (void) raise(SIGKILL);
        return 0;
}

static void nothing(struct trial *trial)
{
        (void) trial;
}

static const struct operation operation = { .name = "nothing", .run = nothing };

static struct evidence try(int (*make)(struct sample *sample), double seconds)
{
        const struct kind kind = { .name = "kind", .make = make };

        return probe(&kind, &operation, seconds);
}

static void test_refused(void **state)
{
        struct evidence evidence = try(refuse, 60);

        (void) state;
        assert_int_equal(evidence.ending, ENDING_NOT_TRIED);
        assert_string_equal(evidence.note, "needs a balloon");
        evidence = try(not_there, 60);
        assert_int_equal(evidence.ending, ENDING_NOT_SUPPORTED);
        assert_string_equal(evidence.note, "the kernel has none");
}

/* One that hangs is killed in time, and one that dies is told as such. */
static void test_ends(void **state)
{
        double began = seconds_now();
        struct evidence evidence = try(hang, 0.3);

        (void) state;
        assert_int_equal(evidence.ending, ENDING_KILLED);
        assert_true(seconds_now() - began >= 0.3 && evidence.seconds >= 0.3);
        evidence = try(crash, 60);
        assert_int_equal(evidence.ending, ENDING_DIED);
        assert_int_equal(evidence.signal, SIGKILL);
        assert_true(seconds_now() - began < 30);
}

static void test_no_time_left(void **state)
{
        struct evidence evidence = try(hang, 0);

        (void) state;
        assert_int_equal(evidence.ending, ENDING_NOT_TRIED);
        assert_string_equal(evidence.note, "the time of the whole run was over");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_ends),
                cmocka_unit_test(test_no_time_left),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
