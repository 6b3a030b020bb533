/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/helper_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Of this process; empty in the daemon. */
static struct helper_child self = { .answer_fd = -1, .killed_fd = -1 };

void helper_gets_on(uint64_t step)
{
        if (!self.shared)
                return;
        self.shared->step = step;
        (void) atomic_fetch_add(&self.shared->beats, 1);
}

int helper_tell(const struct packet *answer)
{
        uint64_t n;
        struct helper_told last, told = { .size = answer->size };

        if (answer->error < 0)
                return answer->error;
        if (!self.shared)
                return 0;
        n = atomic_load(&self.shared->n_told);
        last = self.shared->told[n & 1];
        if (told.size > last.offset)
                told.offset = last.offset + last.size;
        for (size_t done = 0; done < told.size;) {
                ssize_t written = pwrite(self.answer_fd, answer->data + done, told.size - done,
                                         (off_t) (told.offset + done));

                if (written < 0)
                        return -errno;
                done += (size_t) written;
        }
        self.shared->told[(n + 1) & 1] = told;
        atomic_store(&self.shared->n_told, n + 1);
        return 0;
}

static int compare_fds(const void *a, const void *b)
{
        int x = *(const int *) a, y = *(const int *) b;

        return x < y ? -1 : x > y;
}

/* A lock, a lease or a connection of the daemon's must not outlive it because a copy is here. */
static void close_others(int keep)
{
        int fds[] = { self.task->keep_fds[0], self.task->keep_fds[1], self.task->keep_fds[2], keep };
        unsigned int from = STDERR_FILENO + 1;

        qsort(fds, ELEMENTSOF(fds), sizeof(fds[0]), compare_fds);
        for (size_t i = 0; i < ELEMENTSOF(fds); i++) {
                if (fds[i] < (int) from)
                        continue;
                if (fds[i] > (int) from)
                        (void) close_range(from, (unsigned int) fds[i] - 1, 0);
                from = (unsigned int) fds[i] + 1;
        }
        (void) close_range(from, ~0U, 0);
}

static void reset_signals(void)
{
        sigset_t none;

        for (int i = 1; i < NSIG; i++)
                (void) signal(i, SIG_DFL);
        sigemptyset(&none);
        (void) sigprocmask(SIG_SETMASK, &none, NULL);
}

static void work(void)
{
        struct packet answer = { 0 };
        char *message = NULL;
        int r;

        r = self.task->work(self.request, &answer, &message);
        if (r >= 0)
                r = helper_tell(&answer);
        if (message)
                (void) snprintf(self.shared->message, sizeof(self.shared->message), "%s", message);
        self.shared->error = r < 0 ? r : 0;
        self.shared->finished = true;
}

void helper_child_run(const struct helper_child *child)
{
        bool undo = child->killed_fd >= 0;

        self = *child;
        reset_signals();
        (void) prctl(PR_SET_NAME, self.task->name);
        if (undo) {
                struct pollfd killed = { .fd = self.killed_fd, .events = POLLIN };

                close_others(self.killed_fd);
                while (poll(&killed, 1, -1) < 0 && errno == EINTR)
                        ;
                self.task->undo(self.request);
        } else {
                close_others(self.answer_fd);
                /* a daemon that is killed must not leave us where nobody waits for us */
                if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != child->daemon)
                        _exit(EXIT_FAILURE);
                work();
        }
        _exit(EXIT_SUCCESS);
}
