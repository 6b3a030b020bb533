/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/boot/run.h"

#include "basic/cleanup.h"
#include "basic/clock.h"
#include "basic/message.h"
#include "basic/quote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define NOT_STARTED 127

static void __attribute__((noreturn)) become(const char *const *argv, int output, pid_t parent)
{
        static const char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                                                   NULL };
        int null = open("/dev/null", O_RDWR);

        (void) setpgid(0, 0);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent || null < 0)
                _exit(NOT_STARTED);
        (void) dup2(null, STDIN_FILENO);
        (void) dup2(output, STDOUT_FILENO);
        (void) dup2(output, STDERR_FILENO);
        (void) execve(argv[0], (char *const *) argv, (char *const *) environment);
        _exit(NOT_STARTED);
}

/* The last line that is not empty; what is longer than there is room for keeps its beginning. */
struct last_line {
        char text[128], next[128];
        size_t n;
};

static void take(struct last_line *line, const char *data, size_t size)
{
        for (size_t i = 0; i < size; i++) {
                if (data[i] != '\n') {
                        if (line->n < sizeof(line->next) - 1)
                                line->next[line->n++] = data[i];
                        continue;
                }
                if (line->n > 0) {
                        memcpy(line->text, line->next, line->n);
                        line->text[line->n] = '\0';
                }
                line->n = 0;
        }
}

/* Until all who may write have closed it. False: the time is over. */
static bool follow(int fd, uint64_t end, struct last_line *line)
{
        for (;;) {
                struct pollfd ready = { .fd = fd, .events = POLLIN };
                uint64_t now = clock_usec(CLOCK_MONOTONIC);
                char data[1024];
                ssize_t n;

                if (now >= end)
                        return false;
                if (poll(&ready, 1, (int) ((end - now) / 1000 + 1)) <= 0)
                        continue;
                n = read(fd, data, sizeof(data));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0) {
                        take(line, "\n", 1);
                        return true;
                }
                take(line, data, (size_t) n);
        }
}

static int judge(const char *program, int status, const struct last_line *line, char **message)
{
        char quoted[QUOTE_MAX];

        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
                return 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
                return fail(message, -ENOENT, "%s could not be run", program);
        if (WIFSIGNALED(status))
                return fail(message, -EIO, "%s was ended by signal %d", program, WTERMSIG(status));
        return fail(message, -EIO, "%s failed with exit status %d%s%s", program, WEXITSTATUS(status),
                    line->text[0] ? ": " : "", line->text[0] ? quote(line->text, quoted) : "");
}

int boot_run(const char *const *argv, uint64_t usec, char **message)
{
        _cleanup_close_ int ours = -1, theirs = -1;
        struct last_line line = { 0 };
        pid_t pid, self = getpid();
        int fds[2], status;
        bool over;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        ours = fds[0];
        theirs = fds[1];
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                become(argv, theirs, self);
        (void) setpgid(pid, pid);
        closep(&theirs);
        theirs = -1;
        over = follow(ours, clock_usec(CLOCK_MONOTONIC) + usec, &line);
        if (!over)
                (void) kill(-pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return over ? judge(argv[0], status, &line, message)
                    : fail(message, -ETIMEDOUT, "%s was not done after %u s", argv[0],
                           (unsigned int) (usec / 1000000));
}
