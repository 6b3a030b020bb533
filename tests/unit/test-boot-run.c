/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/cleanup.h"
#include "daemon/boot/run.h"
#include "says.h"
#include "tree.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND UINT64_C(1000000)

static int run(const char *script, uint64_t usec, char **message)
{
        const char *argv[] = { "/bin/sh", "-c", script, NULL };

        return boot_run(argv, usec, message);
}

static void test_ends(void **state)
{
        const char *argv[] = { "/usr/sbin/no-such-program-here", NULL };
        char *message = NULL;

        (void) state;

        assert_int_equal(run("echo much; exit 0", 20 * SECOND, &message), 0);
        assert_null(message);
        assert_int_equal(run("echo first; echo what is wrong >&2; echo; exit 3", 20 * SECOND, &message),
                         -EIO);
        assert_says(&message, "/bin/sh failed with exit status 3: \"what is wrong\"");
        assert_int_equal(run("i=0; while [ $i -lt 999 ]; do printf '%01000d' 1; i=$((i + 1)); done; exit 1",
                             60 * SECOND, &message),
                         -EIO);
        assert_says(&message, "exit status 1: \"000");
        assert_int_equal(run("kill -9 $$", 20 * SECOND, &message), -EIO);
        assert_says(&message, "was ended by signal 9");
        assert_int_equal(boot_run(argv, SECOND, &message), -ENOENT);
        assert_says(&message, "could not be run");
}

/* With all that it has started; it is told apart by how long it would sleep. */
static void test_late(void **state)
{
        char *root = tree_make(), *message = NULL;
        _cleanup_free_ char *script = NULL, *file = NULL;
        char text[32] = "";
        pid_t pid = 0;
        FILE *f;

        (void) state;

        assert_true(asprintf(&file, "%s/pid", root) > 0);
        assert_true(asprintf(&script, "sleep 1234 & echo $! > %s; wait", file) > 0);
        assert_int_equal(run(script, SECOND, &message), -ETIMEDOUT);
        assert_says(&message, "/bin/sh was not done after 1 s");
        f = fopen(file, "re");
        assert_non_null(f);
        assert_non_null(fgets(text, sizeof(text), f));
        (void) fclose(f);
        pid = (pid_t) strtol(text, NULL, 10);
        assert_true(pid > 1);
        for (int i = 0; kill(pid, 0) == 0 && i < 500; i++) {
                const struct timespec pause = { .tv_nsec = 10000000 };

                (void) nanosleep(&pause, NULL);
                /* nobody may be there who reaps it */
                (void) snprintf(text, sizeof(text), "/proc/%d/cmdline", (int) pid);
                f = fopen(text, "re");
                if (!f || fgetc(f) == EOF)
                        i = 500;
                if (f)
                        (void) fclose(f);
                assert_true(i != 499);
        }
        tree_remove(root);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ends),
                cmocka_unit_test(test_late),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
