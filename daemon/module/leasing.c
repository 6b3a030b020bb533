/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/leasing.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* memctl.ko waits for CPUs that may be busy with what cannot be interrupted. */
#define STALL_USEC (10 * UINT64_C(1000000))

/* What the loop and a thread share. Who is done with it last frees it: a thread may be stuck in the kernel. */
struct taking {
        atomic_int owners;
        struct lease *lease;
        int over_fd; /* eventfd: the next two are written */
        int error;
        char *message;
};

struct leasing {
        sd_event *event;
        struct taking *taking;
        sd_event_source *over, *timer;
        leasing_done_t done;
        void *userdata;
};

static void taking_leave(struct taking *taking)
{
        if (atomic_fetch_sub(&taking->owners, 1) > 1)
                return;
        lease_free(taking->lease);
        closep(&taking->over_fd);
        free(taking->message);
        free(taking);
}

static void *take(void *userdata)
{
        struct taking *taking = userdata;

        taking->error = lease_hold(taking->lease, &taking->message);
        (void) eventfd_write(taking->over_fd, 1);
        taking_leave(taking);
        return NULL;
}

/* A thread that nobody waits for. */
static int start_thread(void *(*run)(void *userdata), void *userdata)
{
        pthread_t thread;
        int r = pthread_create(&thread, NULL, run, userdata);

        if (r == 0)
                (void) pthread_detach(thread);
        return -r;
}

static void stop_waiting(struct leasing *leasing)
{
        leasing->over = sd_event_source_disable_unref(leasing->over);
        leasing->timer = sd_event_source_disable_unref(leasing->timer);
}

static int on_over(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct leasing *leasing = userdata;
        struct taking *taking = leasing->taking;
        struct lease *lease = NULL;
        _cleanup_free_ char *message = NULL;

        (void) source, (void) fd, (void) revents;

        stop_waiting(leasing);
        message = TAKE_PTR(taking->message);
        if (taking->error >= 0)
                lease = TAKE_PTR(taking->lease);
        leasing->done(leasing->userdata, taking->error, message, lease);
        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct leasing *leasing = userdata;

        (void) source, (void) usec;

        stop_waiting(leasing);
        leasing->done(leasing->userdata, -ETIMEDOUT, "memctl.ko has not answered for ten seconds", NULL);
        return 0;
}

static int start(struct leasing *leasing)
{
        struct taking *taking = leasing->taking;
        int r;

        taking->over_fd = eventfd(0, EFD_CLOEXEC);
        if (taking->over_fd < 0)
                return -errno;
        r = sd_event_add_io(leasing->event, &leasing->over, taking->over_fd, EPOLLIN, on_over, leasing);
        if (r >= 0)
                r = sd_event_add_time_relative(leasing->event, &leasing->timer, CLOCK_MONOTONIC, STALL_USEC, 0, on_time,
                                               leasing);
        if (r < 0)
                return r;
        (void) atomic_fetch_add(&taking->owners, 1);
        r = start_thread(take, taking);
        if (r < 0)
                taking_leave(taking);
        return r;
}

int leasing_new(sd_event *event, const struct tree *tree, uint64_t usec, leasing_done_t done, void *userdata,
                struct leasing **ret, char **message)
{
        _cleanup_(leasing_freep) struct leasing *leasing = calloc(1, sizeof(*leasing));
        int r;

        if (!leasing)
                return -ENOMEM;
        leasing->event = event;
        leasing->done = done;
        leasing->userdata = userdata;
        leasing->taking = calloc(1, sizeof(*leasing->taking));
        if (!leasing->taking)
                return -ENOMEM;
        leasing->taking->owners = 1;
        leasing->taking->over_fd = -1;
        r = lease_new(tree, usec, &leasing->taking->lease, message);
        if (r >= 0)
                r = start(leasing);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(leasing);
        return 0;
}

struct leasing *leasing_free(struct leasing *leasing)
{
        if (!leasing)
                return NULL;

        stop_waiting(leasing);
        if (leasing->taking)
                taking_leave(leasing->taking);
        free(leasing);
        return NULL;
}

static void *let_go(void *userdata)
{
        lease_free(userdata);
        return NULL;
}

void leasing_end(struct lease *lease)
{
        if (lease && start_thread(let_go, lease) < 0)
                lease_free(lease);
}
