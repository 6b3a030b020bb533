/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/command.h"

#include "cli/run/say.h"
#include "basic/quote.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(char *const argv[], const sigset_t *mask, pid_t *ret)
{
        posix_spawnattr_t attributes;
        int r;

        r = posix_spawnattr_init(&attributes);
        if (r != 0)
                return r;
        r = posix_spawnattr_setsigmask(&attributes, mask);
        if (r == 0)
                r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        if (r == 0)
                r = posix_spawnp(ret, argv[0], NULL, &attributes, argv, environ);
        posix_spawnattr_destroy(&attributes);
        return r;
}

/* SIGCHLD may be another child's: only waitpid() knows. */
static int wait_for(pid_t pid, const sigset_t *signals)
{
        siginfo_t info;
        int status;

        for (;;) {
                pid_t ended = waitpid(pid, &status, WNOHANG);

                if (ended == pid)
                        break;
                if (ended < 0 && errno != EINTR)
                        return EXIT_COMMAND_CANNOT_RUN; /* cannot be: nobody else waits for it */
                if (sigwaitinfo(signals, &info) < 0 || info.si_signo == SIGCHLD)
                        continue;
                /* what the kernel sends for a key, the command gets itself */
                if (info.si_code != SI_KERNEL)
                        (void) kill(pid, info.si_signo);
        }
        return WIFSIGNALED(status) ? EXIT_COMMAND_SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

int command_run(char *const argv[])
{
        static const int waited_for[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP };
        struct sigaction default_action = { .sa_handler = SIG_DFL }, before;
        char quoted[QUOTE_MAX];
        sigset_t signals, mask;
        int r, status;
        pid_t pid;

        sigemptyset(&signals);
        for (size_t i = 0; i < sizeof(waited_for) / sizeof(waited_for[0]); i++)
                sigaddset(&signals, waited_for[i]);
        (void) sigprocmask(SIG_BLOCK, &signals, &mask);
        /* ignored, as some start us, it would take the exit status with it */
        (void) sigaction(SIGCHLD, &default_action, &before);

        r = start(argv, &mask, &pid);
        if (r == 0)
                status = wait_for(pid, &signals);
        else {
                complain("failed", "%s: %s", quote(argv[0], quoted), strerror(r));
                status = r == ENOENT ? EXIT_COMMAND_NOT_FOUND : EXIT_COMMAND_CANNOT_RUN;
        }
        (void) sigaction(SIGCHLD, &before, NULL);
        (void) sigprocmask(SIG_SETMASK, &mask, NULL);
        return status;
}
