/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/private.h"

#include "cli/run/context.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Where the daemon finds its end. */
#define DAEMON_FD 3

/* The memctld that belongs to this memctl: in a build tree the one beside it, else the installed one. */
static char *daemon_path(void)
{
        _cleanup_free_ char *path = NULL;
        const char *wanted = secure_getenv("MEMCTL_DAEMON");
        char self[PATH_MAX];
        ssize_t n;

        if (wanted)
                return strdup(wanted);
        n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (n > 0) {
                char *slash;

                self[n] = '\0';
                slash = strrchr(self, '/');
                if (slash) {
                        *slash = '\0';
                        if (asprintf(&path, "%s/../daemon/memctld", self) < 0)
                                return NULL;
                        if (access(path, X_OK) == 0)
                                return TAKE_PTR(path);
                }
        }
        return strdup(MEMCTLD_PATH);
}

static void __attribute__((noreturn)) become_daemon(const char *path, const char *root, int fd)
{
        const char *argv[] = { "memctld", "--private", "3", root ? "--root" : NULL, root, NULL };

        /* A Ctrl-C on the terminal is for memctl, which then asks the daemon to cancel. */
        (void) setsid();
        if ((fd == DAEMON_FD ? fcntl(fd, F_SETFD, 0) : dup2(fd, DAEMON_FD)) >= 0)
                (void) execv(path, (char *const *) argv);
        (void) fprintf(stderr, "memctl: cannot start %s: %s\n", path, strerror(errno));
        _exit(EXIT_NO_SERVICE);
}

int private_start(const char *root, pid_t *ret_pid, int *ret_fd)
{
        _cleanup_close_ int ours = -1, theirs = -1;
        _cleanup_free_ char *path = NULL;
        int fds[2];
        pid_t pid;

        path = daemon_path();
        if (!path)
                return -ENOMEM;
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
                return -errno;
        ours = fds[0];
        theirs = fds[1];

        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                become_daemon(path, root, theirs);

        *ret_pid = pid;
        *ret_fd = TAKE_FD(ours);
        return 0;
}
