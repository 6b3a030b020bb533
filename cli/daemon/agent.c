/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define AGENT "/usr/bin/pkttyagent"

/* It is there in well under a second, or something is wrong with it; milliseconds. */
#define AGENT_WAIT_MSEC 10000

static void __attribute__((noreturn)) become_agent(const char *path, int fd)
{
        char number[16];
        sigset_t none;

        /* memctl may end by a signal */
        (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
        sigemptyset(&none);
        (void) sigprocmask(SIG_SETMASK, &none, NULL);
        (void) fcntl(fd, F_SETFD, 0);
        (void) snprintf(number, sizeof(number), "%d", fd);
        (void) execl(path, "pkttyagent", "--notify-fd", number, "--fallback", (char *) NULL);
        _exit(EXIT_NO_SERVICE);
}

void agent_open(struct context *context)
{
        _cleanup_close_ int ours = -1, theirs = -1;
        const char *path = secure_getenv("MEMCTL_AGENT");
        struct pollfd wait = { .events = 0 };
        int fds[2];

        if (context->no_ask_password || context->private || context->host || geteuid() == 0 ||
            !isatty(STDIN_FILENO))
                return;
        if (!path)
                path = AGENT;
        if (access(path, X_OK) < 0 || pipe2(fds, O_CLOEXEC) < 0)
                return;
        ours = fds[0];
        theirs = fds[1];
        context->agent = fork();
        if (context->agent == 0)
                become_agent(path, theirs);
        if (context->agent < 0) {
                context->agent = 0;
                return;
        }
        (void) close(TAKE_FD(theirs));
        /* it closes its end once polkit knows it, or dies */
        wait.fd = ours;
        (void) poll(&wait, 1, AGENT_WAIT_MSEC);
}

void agent_close(struct context *context)
{
        if (context->agent <= 0)
                return;
        /* it may be stopped, if it was in the background and read the terminal */
        (void) kill(context->agent, SIGTERM);
        (void) kill(context->agent, SIGCONT);
        while (waitpid(context->agent, NULL, 0) < 0 && errno == EINTR)
                ;
        context->agent = 0;
}
