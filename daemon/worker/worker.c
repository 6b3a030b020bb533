/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/worker/worker.h"

#include "daemon/core/crash.h"
#include "daemon/core/helper.h"
#include "daemon/core/lag.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* Where the worker finds its end of the socket. */
#define WORKER_FD 3

/* And the cgroup that it is to enter. */
#define GROUP_FD 4

struct worker {
        sd_event *event;
        worker_done_t done;
        void *userdata;

        const struct node_cgroup *node_cgroup; /* NULL: none */
        pid_t pid; /* 0: no process */
        int fd;
        sd_event_source *io;
        sd_event_source *child;
        bool busy;
        bool ending;
};

static void worker_forget_process(struct worker *worker)
{
        worker->io = sd_event_source_disable_unref(worker->io);
        worker->child = sd_event_source_disable_unref(worker->child);
        closep(&worker->fd);
        worker->fd = -1;
        worker->pid = 0;
        worker->ending = false;
}

static void worker_report(struct worker *worker, int error, const struct worker_answer *answer)
{
        lag_note("the answer", "a worker");
        worker->busy = false;
        worker->done(worker->userdata, error, answer);
}

/* False: there is none, or not a whole one. */
static bool receive(int fd, struct worker_answer *answer)
{
        if (recv(fd, answer, sizeof(*answer), MSG_DONTWAIT) != sizeof(*answer))
                return false;
        answer->message[sizeof(answer->message) - 1] = '\0';
        return true;
}

static int on_reply(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct worker *worker = userdata;
        struct worker_answer answer;

        (void) revents;

        if (worker->ending) {
                /* It answered just before the signal. Who hears of that writes at once, and needs another
                 * process: so the child event tells, when this one is gone. */
                sd_event_source_set_enabled(source, SD_EVENT_OFF);
                return 0;
        }
        if (!receive(fd, &answer)) {
                if (errno == EAGAIN || errno == EINTR)
                        return 0;
                /* Hung up: the child event tells the rest. */
                sd_event_source_set_enabled(source, SD_EVENT_OFF);
                return 0;
        }

        if (worker->busy)
                worker_report(worker, answer.error, &answer);
        return 0;
}

static int on_child_exit(sd_event_source *source, const siginfo_t *info, void *userdata)
{
        struct worker *worker = userdata;
        bool busy = worker->busy, ending = worker->ending;
        struct worker_answer answer;
        bool replied;

        (void) source;
        (void) info;

        /* The work may have ended on its own just before the signal: then its answer is the true one. */
        crash_forget();
        replied = receive(worker->fd, &answer);
        worker_forget_process(worker);
        if (busy)
                worker_report(worker, replied ? answer.error : ending ? -EINTR : -EIO,
                              replied ? &answer : NULL);
        return 0;
}

int worker_new(sd_event *event, worker_done_t done, void *userdata, struct worker **ret)
{
        struct worker *worker;

        worker = calloc(1, sizeof(*worker));
        if (!worker)
                return -ENOMEM;

        worker->event = sd_event_ref(event);
        worker->done = done;
        worker->userdata = userdata;
        worker->fd = -1;
        *ret = worker;
        return 0;
}

/* Ends the process, if there is one. It is mostly gone then; one that waits in the kernel is not waited for.
 */
static void worker_end_process(struct worker *worker)
{
        pid_t pid = worker->pid;

        worker_forget_process(worker);
        if (pid > 0)
                helper_leave_behind(worker->event, pid);
}

void worker_place(struct worker *worker, const struct node_cgroup *node_cgroup)
{
        worker_end_process(worker);
        worker->busy = false;
        worker->node_cgroup = node_cgroup;
}

struct worker *worker_free(struct worker *worker)
{
        if (!worker)
                return NULL;

        worker_end_process(worker);
        sd_event_unref(worker->event);
        free(worker);
        return NULL;
}

static int spawn_process(int fd, const struct node_cgroup *group, pid_t *ret)
{
        char *argv[] = { (char *) "memctld", (char *) "--worker=3", (char *) (group ? "--cgroup=4" : NULL),
                         NULL };
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none, all;
        int r;

        r = posix_spawn_file_actions_init(&actions);
        if (r != 0)
                return -r;
        r = posix_spawnattr_init(&attributes);
        if (r != 0) {
                posix_spawn_file_actions_destroy(&actions);
                return -r;
        }

        /* The event loop blocks signals; the worker must not inherit that. */
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

        /* fd is close-on-exec; adddup2() makes a copy that is not, also when both numbers are the same */
        r = posix_spawn_file_actions_adddup2(&actions, fd, WORKER_FD);
        if (r == 0 && group)
                r = posix_spawn_file_actions_adddup2(&actions, node_cgroup_fd(group), GROUP_FD);
        if (r == 0)
                r = posix_spawn(ret, "/proc/self/exe", &actions, &attributes, argv, environ);

        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        return -r;
}

static int worker_start_process(struct worker *worker)
{
        _cleanup_close_ int ours = -1, theirs = -1;
        int fds[2];
        int r;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
                return -errno;
        ours = fds[0];
        theirs = fds[1];

        r = spawn_process(theirs, worker->node_cgroup, &worker->pid);
        if (r < 0) {
                worker->pid = 0;
                return r;
        }

        worker->fd = TAKE_FD(ours);
        r = sd_event_add_child(worker->event, &worker->child, worker->pid, WEXITED, on_child_exit, worker);
        if (r >= 0)
                r = sd_event_add_io(worker->event, &worker->io, worker->fd, EPOLLIN, on_reply, worker);
        if (r < 0) {
                worker_end_process(worker);
                return r;
        }
        return 0;
}

static int worker_send(struct worker *worker, const struct worker_request *request)
{
        int r;

        if (worker->pid == 0) {
                r = worker_start_process(worker);
                if (r < 0)
                        return r;
        }
        return send(worker->fd, request, sizeof(*request), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int ask(struct worker *worker, const struct worker_request *request)
{
        int r;

        if (worker->busy || worker->ending)
                return -EBUSY;
        r = worker_send(worker, request);
        if (r == -EPIPE || r == -ECONNRESET) {
                /*
                 * Somebody ended the idle process, and the loop has not heard of it. No work is lost by
                 * that, but its fences are: the next process knows none of them, and says so.
                 */
                worker_end_process(worker);
                r = worker_send(worker, request);
        }
        if (r < 0)
                return r;
        worker->busy = true;
        return 0;
}

int worker_write(struct worker *worker, const char *path, const char *value)
{
        struct worker_request request = { .write = true };

        if (strlen(path) >= sizeof(request.path) || strlen(value) >= sizeof(request.value))
                return -ENAMETOOLONG;
        strcpy(request.path, path);
        strcpy(request.value, value);
        return ask(worker, &request);
}

int worker_fence(struct worker *worker, enum worker_fencing what, const struct fence_hold *hold)
{
        const struct worker_request request = { .what = what, .hold = *hold };

        return ask(worker, &request);
}

int worker_evacuate(struct worker *worker, const struct evacuation *evacuation)
{
        const struct worker_request request = { .what = WORKER_EVACUATE, .evacuation = *evacuation };

        return ask(worker, &request);
}

void worker_end(struct worker *worker)
{
        if (!worker->busy || worker->ending)
                return;
        worker->ending = true;
        kill(worker->pid, SIGKILL);
}

bool worker_is_busy(const struct worker *worker)
{
        return worker->busy;
}
