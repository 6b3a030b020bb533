/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/helper.h"

#include "basic/clock.h"
#include "daemon/core/helper_process.h"
#include "daemon/core/lag.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

/* A process that is killed is gone by then, or waits in the kernel and does nothing more. */
#define KILL_MSEC 5

/* A process that is not reaped: owned by its helper, or, once that has let go of it, by the list alone. */
struct process {
        struct process *next, *previous;
        struct helper *helper; /* NULL: it was killed, and nobody waits for it */
        pid_t pid;
        int pidfd;
        sd_event_source *io;
};

struct helper {
        struct helper_task task;
        void *request;
        helper_done_t done;
        void *userdata;
        sd_event *event;
        struct process *process; /* NULL: it is over */
        struct helper_shared *shared;
        int answer_fd;
        sd_event_source *timer;
        uint64_t beats; /* as they were when the timer was set */
};

static struct process *processes;

static size_t count_processes(void)
{
        size_t n = 0;

        for (const struct process *process = processes; process; process = process->next)
                n++;
        return n;
}

static void process_free(struct process *process)
{
        if (process->next)
                process->next->previous = process->previous;
        if (process->previous)
                process->previous->next = process->next;
        else
                processes = process->next;
        sd_event_source_disable_unref(process->io);
        closep(&process->pidfd);
        free(process);
}

/* False: it is not gone. */
static bool reap(struct process *process)
{
        return waitpid(process->pid, NULL, WNOHANG) != 0;
}

static void let_go_of_shared(struct helper *helper)
{
        if (helper->shared)
                (void) munmap(helper->shared, sizeof(*helper->shared));
        helper->shared = NULL;
        closep(&helper->answer_fd);
        helper->answer_fd = -1;
        helper->timer = sd_event_source_disable_unref(helper->timer);
}

/* The process is gone, or does nothing more. The helper may be, too, afterwards. */
static void report(struct helper *helper, bool killed)
{
        const struct helper_shared *shared = helper->shared;
        const struct helper_told told = shared->told[atomic_load(&shared->n_told) & 1];
        struct packet_reader answer = { .size = told.size };
        struct helper_result result = {
                .error = shared->finished ? shared->error : killed ? -ETIMEDOUT : -EIO,
                .message = shared->finished && shared->message[0] ? shared->message : NULL,
                .step = shared->step,
        };
        struct helper_shared *mapped = helper->shared;
        size_t length = told.offset + told.size;
        void *data = NULL;

        if (told.size > 0) {
                data = mmap(NULL, length, PROT_READ, MAP_PRIVATE, helper->answer_fd, 0);
                if (data == MAP_FAILED) {
                        data = NULL;
                        result.error = -ENOMEM;
                }
        }
        if (data) {
                answer.data = (const uint8_t *) data + told.offset;
                result.answer = &answer;
        } else if (result.error >= 0)
                result.answer = &answer; /* an empty one */
        helper->shared = NULL;
        let_go_of_shared(helper);
        helper->done(helper->userdata, &result);
        if (data)
                (void) munmap(data, length);
        (void) munmap(mapped, sizeof(*mapped));
}

static int on_gone(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct process *process = userdata;
        struct helper *helper = process->helper;

        (void) source, (void) fd, (void) revents;

        if (!reap(process))
                return 0;
        process_free(process);
        if (helper) {
                lag_note("the answer", helper->task.name);
                helper->process = NULL;
                report(helper, false);
        }
        return 0;
}

static struct process *process_new(void)
{
        struct process *process = calloc(1, sizeof(*process));

        if (!process)
                return NULL;
        process->pidfd = -1;
        process->next = processes;
        if (processes)
                processes->previous = process;
        processes = process;
        return process;
}

/* A loop that is over takes no sources (-ESTALE): who is followed then is waited for by helpers_are_gone().
 */
static int follow(struct process *process, sd_event *event)
{
        int r;

        process->pidfd = pidfd_open(process->pid, 0);
        if (process->pidfd < 0)
                return -errno;
        r = sd_event_add_io(event, &process->io, process->pidfd, EPOLLIN, on_gone, process);
        return r == -ESTALE ? 0 : r;
}

/* Forks. In the new process this does not return. */
static int start(struct helper *helper, const struct helper_child *child, struct process **ret)
{
        struct process *process;
        int r;

        *ret = NULL;
        process = process_new();
        if (!process)
                return -ENOMEM;
        process->pid = fork();
        if (process->pid == 0)
                helper_child_run(child);
        if (process->pid < 0) {
                r = errno > 0 ? -errno : -EAGAIN;
                process_free(process);
                return r;
        }
        r = follow(process, helper->event);
        if (r < 0) {
                (void) kill(process->pid, SIGKILL); /* helpers_are_gone() finds it */
                return r;
        }
        process->helper = helper;
        *ret = process;
        return 0;
}

void helper_leave_behind(sd_event *event, pid_t pid)
{
        struct process *process = process_new();
        struct pollfd gone = { .fd = -1, .events = POLLIN };

        (void) kill(pid, SIGKILL);
        if (!process)
                return; /* a zombie: not more */
        process->pid = pid;
        if (follow(process, event) < 0)
                return; /* likewise, until helpers_are_gone() */
        gone.fd = process->pidfd;
        (void) poll(&gone, 1, KILL_MSEC);
        if (reap(process))
                process_free(process);
}

/* Kills the process and leaves it to the list. */
static void kill_process(struct helper *helper)
{
        struct process *process = helper->process, *undo = NULL;
        const struct helper_child child = {
                .task = &helper->task,
                .request = helper->request,
                .killed_fd = process->pidfd,
                .answer_fd = -1,
                .daemon = getpid(),
        };

        (void) kill(process->pid, SIGKILL);
        process->helper = NULL;
        helper->process = NULL;
        if (helper->task.undo && start(helper, &child, &undo) >= 0 && undo)
                undo->helper = NULL;
}

static int set_timer(struct helper *helper);

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct helper *helper = userdata;
        struct pollfd gone = { .fd = helper->process->pidfd, .events = POLLIN };

        (void) source, (void) usec;

        if (helper->beats != atomic_load(&helper->shared->beats) && set_timer(helper) >= 0)
                return 0;
        kill_process(helper);
        (void) poll(&gone, 1, KILL_MSEC);
        report(helper, true);
        return 0;
}

static int set_timer(struct helper *helper)
{
        helper->beats = atomic_load(&helper->shared->beats);
        helper->timer = sd_event_source_disable_unref(helper->timer);
        return sd_event_add_time_relative(helper->event, &helper->timer, CLOCK_MONOTONIC,
                                          helper->task.stall_usec, helper->task.stall_usec / 16 + 1, on_time,
                                          helper);
}

int helper_new(sd_event *event, const struct helper_task *task, void *request, helper_done_t done,
               void *userdata, struct helper **ret)
{
        _cleanup_(helper_freep) struct helper *helper = NULL;
        struct helper_child child = { .request = request, .killed_fd = -1, .daemon = getpid() };
        void *shared;
        int r;

        if (count_processes() >= HELPERS_MAX)
                return -EBUSY;
        helper = calloc(1, sizeof(*helper));
        if (!helper)
                return -ENOMEM;
        helper->task = *task;
        helper->request = request;
        helper->done = done;
        helper->userdata = userdata;
        helper->event = sd_event_ref(event);
        helper->answer_fd = memfd_create("memctld-answer", MFD_CLOEXEC);
        if (helper->answer_fd < 0)
                return -errno;
        shared = mmap(NULL, sizeof(*helper->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
        if (shared == MAP_FAILED)
                return -errno;
        helper->shared = shared;
        r = set_timer(helper);
        if (r < 0)
                return r;
        child.task = &helper->task;
        child.shared = helper->shared;
        child.answer_fd = helper->answer_fd;
        r = start(helper, &child, &helper->process);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(helper);
        return 0;
}

struct helper *helper_free(struct helper *helper)
{
        if (!helper)
                return NULL;

        if (helper->process)
                kill_process(helper);
        let_go_of_shared(helper);
        sd_event_unref(helper->event);
        free(helper);
        return NULL;
}

bool helpers_are_gone(uint64_t usec)
{
        uint64_t end = clock_usec(CLOCK_MONOTONIC) + usec;
        struct process *process, *next;
        bool all = true;

        for (process = processes; process; process = next) {
                struct pollfd gone = { .fd = process->pidfd, .events = POLLIN };
                uint64_t now = clock_usec(CLOCK_MONOTONIC);

                next = process->next;
                if (process->helper)
                        continue;
                (void) poll(&gone, 1, now < end ? (int) ((end - now) / 1000) : 0);
                if (reap(process))
                        process_free(process);
                else
                        all = false;
        }
        return all;
}
