/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memctl-matrix [KIND [OPERATION]]: tries what moves on this kernel. memctl matrix --run starts it, as root.
 *
 * Two processes: one runs the probes, the other waits for its end, whatever that may be. Both can put back
 * what was changed; should both be killed, the next run does.
 */
#include "basic/cleanup.h"
#include "matrix/machine/setting.h"
#include "matrix/probe.h"
#include "matrix/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* As memctl's. */
enum {
        STATUS_DONE = 0,
        STATUS_FAILED = 1,
        STATUS_USAGE = 2,
        STATUS_NOT_AUTHORIZED = 4,
        STATUS_BUSY = 7,
        STATUS_NOT_PUT_BACK = 65,
};

static pid_t runner;

/* The runner ends by it, and the wait for it goes on. */
static void pass_on(int number)
{
        if (runner > 0)
                (void) kill(runner, number);
}

/* Its keeper has gone, or wants it to end. */
static void end_runner(int number)
{
        (void) number;
        probe_is_over = 1;
}

static void handle(void (*handler)(int))
{
        struct sigaction action = { .sa_handler = handler };

        (void) sigfillset(&action.sa_mask);
        for (size_t i = 0; i < ELEMENTSOF(probe_ending_signals); i++)
                (void) sigaction(probe_ending_signals[i], &action, NULL);
        action.sa_handler = SIG_IGN;
        (void) sigaction(SIGPIPE, &action, NULL);
}

static _Noreturn void be_runner(pid_t keeper, const char *kind, const char *operation)
{
        int r;

        handle(end_runner);
        (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
        r = run_all(kind, operation);
        (void) setting_put_back(0);
        if (getppid() != keeper) /* nobody else tidies up */
                setting_close();
        _exit(r < 0 ? STATUS_FAILED : STATUS_DONE);
}

static int keep(const char *kind, const char *operation)
{
        pid_t keeper = getpid();
        int status = 0;

        handle(pass_on);
        runner = fork();
        if (runner < 0)
                return STATUS_FAILED;
        if (runner == 0)
                be_runner(keeper, kind, operation);
        while (waitpid(runner, &status, 0) < 0 && errno == EINTR)
                ;
        (void) setting_put_back(0);
        for (size_t i = 0; setting_left(i); i++)
                (void) fprintf(stderr, "memctl-matrix: not put back: %s\n", setting_left(i));
        if (setting_left(0))
                return STATUS_NOT_PUT_BACK;
        setting_close();
        return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_FAILED;
}

int main(int argc, char **argv)
{
        int r;

        if (argc == 2 && strcmp(argv[1], "--plan") == 0) {
                run_tell_plan();
                return fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED;
        }
        if (argc > 3 || (argc > 1 && *argv[1] == '-')) {
                (void) fprintf(stderr,
                               "memctl-matrix: accepted is memctl-matrix [--plan | KIND [OPERATION]]\n");
                return STATUS_USAGE;
        }
        if (geteuid() != 0) {
                (void) fprintf(stderr, "memctl-matrix: only root may do that\n");
                return STATUS_NOT_AUTHORIZED;
        }
        r = setting_open();
        if (r < 0) {
                (void) fprintf(stderr, "memctl-matrix: %s\n",
                               r == -EBUSY ? "another run goes on" : strerror(-r));
                return r == -EBUSY ? STATUS_BUSY : STATUS_FAILED;
        }
        return keep(argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL);
}
