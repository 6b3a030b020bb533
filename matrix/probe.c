/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/probe.h"

#include "basic/cleanup.h"
#include "matrix/machine/clock.h"
#include "matrix/machine/setting.h"
#include "matrix/try.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAKING  20 /* seconds that a sample may take */
#define KILLING 5  /* seconds until a process that was killed is given up */

volatile sig_atomic_t probe_is_over;

static struct evidence ended(enum ending ending, const char *why)
{
        struct evidence evidence = { .ending = ending };

        (void) snprintf(evidence.note, sizeof(evidence.note), "%s", why);
        return evidence;
}

static _Noreturn void be_probe(const struct kind *kind, const struct operation *operation, int fd)
{
        struct evidence evidence;

        (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void) setpgid(0, 0);
        for (size_t i = 0; i < ELEMENTSOF(probe_ending_signals); i++)
                (void) signal(probe_ending_signals[i], SIG_DFL);
        evidence = try_cell(kind, operation);
        _exit(write(fd, &evidence, sizeof(evidence)) == (ssize_t) sizeof(evidence) ? 0 : 1);
}

/* 0: all of it has come; -ETIME: nothing has in time; -EPIPE: the process has ended without it. */
static int receive(int fd, double until, struct evidence *ret)
{
        for (;;) {
                struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
                double left = until - seconds_now();

                if (left <= 0 || probe_is_over)
                        return -ETIME;
                if (poll(&poll_fd, 1, (int) (left * 1000) + 1) <= 0)
                        continue;
                return read(fd, ret, sizeof(*ret)) == (ssize_t) sizeof(*ret) ? 0 : -EPIPE;
        }
}

/* Whether it is gone. */
static bool reap(pid_t pid, int *status)
{
        double until = seconds_now() + KILLING;

        while (seconds_now() < until) {
                pid_t r = waitpid(pid, status, WNOHANG);

                if (r == pid || (r < 0 && errno == ECHILD))
                        return true;
                (void) usleep(2000);
        }
        return false;
}

static struct evidence wait_for(pid_t pid, int fd, double seconds)
{
        double began = seconds_now();
        struct evidence evidence = { 0 };
        int status = 0, r;
        bool gone;

        r = receive(fd, began + seconds, &evidence);
        /* what it has started is of its group; it itself may be waiting for something for ever */
        (void) kill(-pid, SIGKILL);
        (void) kill(pid, SIGKILL);
        gone = reap(pid, &status);
        if (r == -ETIME) {
                evidence = ended(ENDING_KILLED, gone ? "" : "it cannot even be killed");
                evidence.seconds = seconds_now() - began;
        } else if (r < 0) {
                evidence = ended(ENDING_DIED, "");
                evidence.signal = WIFSIGNALED(status) ? (uint32_t) WTERMSIG(status) : 0;
        }
        return evidence;
}

struct evidence probe(const struct kind *kind, const struct operation *operation, double seconds)
{
        double limit = operation->seconds + MAKING;
        size_t mark = setting_mark();
        struct evidence evidence;
        int fds[2];
        pid_t pid;

        if (seconds <= 0)
                return ended(ENDING_NOT_TRIED, "the time of the whole run was over");
        if (pipe2(fds, O_CLOEXEC) < 0)
                return ended(ENDING_NOT_TRIED, strerror(errno));
        pid = fork();
        if (pid == 0)
                be_probe(kind, operation, fds[1]);
        (void) close(fds[1]);
        if (pid < 0)
                evidence = ended(ENDING_NOT_TRIED, strerror(errno));
        else
                evidence = wait_for(pid, fds[0], limit < seconds ? limit : seconds);
        (void) close(fds[0]);
        (void) setting_put_back(mark);
        return evidence;
}
