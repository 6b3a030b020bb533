/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process at the other end of a worker: does what it is asked, one thing at a time, and dies with the
 * daemon.
 */
#include "basic/clock.h"
#include "basic/file.h"
#include "daemon/core/crash.h"
#include "daemon/worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* The fences that this process has raised. */
struct raised {
        uint64_t start, end; /* pfns */
        uint64_t held;       /* pages, when it was last told */
        struct fence *fence;
};

struct fences {
        struct raised items[MEMCTL_FENCES_MAX];
        size_t n_items;
};

static int write_attribute(const char *path, const char *value)
{
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

        if (fd < 0)
                return -errno;
        return file_write_value(fd, value);
}

static int raise_fence(struct fences *fences, const struct fence_hold *hold, char **message)
{
        _cleanup_close_ int root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        /* it is asked only about the running machine */
        const struct tree tree = { .root = (char *) "/", .live = true, .root_fd = root_fd };
        struct raised *raised = &fences->items[fences->n_items];
        int r;

        if (fences->n_items == MEMCTL_FENCES_MAX)
                return -ENOSPC;
        r = fence_raise(&tree, hold->start, hold->end, &raised->fence, message);
        if (r < 0)
                return r;
        raised->start = hold->start;
        raised->end = hold->end;
        raised->held = 0;
        fences->n_items++;
        return 0;
}

static struct raised *find(struct fences *fences, const struct fence_hold *hold)
{
        for (size_t i = 0; i < fences->n_items; i++)
                if (fences->items[i].start <= hold->start && hold->end <= fences->items[i].end)
                        return &fences->items[i];
        return NULL;
}

static int fencing(struct fences *fences, enum worker_fencing what, struct fence_hold *hold, char **message)
{
        struct fence_state state = { 0 };
        struct raised *raised;
        int r;

        if (what == WORKER_RAISE)
                return raise_fence(fences, hold, message);
        raised = find(fences, hold);
        if (!raised)
                return -ENOENT;
        if (what == WORKER_GIVE_BACK)
                return fence_give_back(raised->fence, hold->start, hold->end, message);
        r = fence_step(raised->fence, hold, &state, message);
        if (r >= 0)
                raised->held = state.held;
        return r;
}

static void serve(struct fences *fences, struct worker_request *request, struct worker_answer *answer)
{
        _cleanup_free_ char *message = NULL;

        *answer = (struct worker_answer){ .hold = request->hold, .evacuation = request->evacuation };
        request->path[sizeof(request->path) - 1] = '\0';
        request->value[sizeof(request->value) - 1] = '\0';
        crash_at(request->write ? CRASH_WORKER_WRITE : CRASH_WORKER_FENCE);
        if (request->write) {
                answer->error = write_attribute(request->path, request->value);
                crash_at(CRASH_WORKER_WRITTEN);
                return;
        }
        answer->error = request->what == WORKER_EVACUATE
                                ? evacuate_step(&answer->evacuation, &message)
                                : fencing(fences, request->what, &answer->hold, &message);
        for (size_t i = 0; i < fences->n_items; i++)
                answer->held += fences->items[i].held;
        crash_at(CRASH_WORKER_FENCED);
        if (message)
                (void) snprintf(answer->message, sizeof(answer->message), "%s", message);
}

int worker_main(int fd, int cgroup_fd)
{
        struct fences fences = { 0 };
        int placed;

        (void) prctl(PR_SET_NAME, "memctld-worker");
        /* A daemon that is killed must not leave us in a write that nobody waits for. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
                return EXIT_FAILURE;
        placed = cgroup_fd >= 0 ? node_cgroup_enter(cgroup_fd) : 0;

        for (;;) {
                struct worker_request request;
                struct worker_answer answer;
                uint64_t before;
                ssize_t n;

                n = recv(fd, &request, sizeof(request), 0);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n == 0)
                        return EXIT_SUCCESS; /* and the fences fall */
                if (n != sizeof(request))
                        return EXIT_FAILURE;
                before = clock_usec(CLOCK_PROCESS_CPUTIME_ID);
                if (placed >= 0)
                        serve(&fences, &request, &answer);
                else /* what it moved would go anywhere */
                        answer = (struct worker_answer){ .error = placed,
                                                         .message = "its cgroup cannot be entered" };
                answer.cpu_usec = clock_usec(CLOCK_PROCESS_CPUTIME_ID) - before;
                if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) != sizeof(answer))
                        return EXIT_FAILURE;
        }
}
