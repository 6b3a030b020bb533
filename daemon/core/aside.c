/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/aside.h"

#include "daemon/core/lag.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#define PAUSE_USEC 2000

/* What the loop and a thread share. Who is done with it last frees it. */
struct shared {
        atomic_int owners;
        struct aside_task task;
        void *what;
        int over_fd; /* eventfd: the work is done */
};

struct aside {
        sd_event *event;
        struct shared *shared;
        sd_event_source *over, *timer;
        aside_done_t done;
        void *userdata;
};

struct errand {
        void (*work)(void *what);
        void *what;
};

static atomic_int running, errands;

static void leave(struct shared *shared)
{
        if (atomic_fetch_sub(&shared->owners, 1) > 1)
                return;
        if (shared->what)
                shared->task.free_what(shared->what);
        closep(&shared->over_fd);
        free(shared);
}

static void *work_shared(void *userdata)
{
        struct shared *shared = userdata;

        shared->task.work(shared->what);
        (void) eventfd_write(shared->over_fd, 1);
        leave(shared);
        (void) atomic_fetch_sub(&running, 1);
        return NULL;
}

static void *work_errand(void *userdata)
{
        struct errand *errand = userdata;

        errand->work(errand->what);
        free(errand);
        (void) atomic_fetch_sub(&errands, 1);
        return NULL;
}

/* One that nobody joins, and that takes no signals: they are the loop's. */
static int start_thread(void *(*run)(void *userdata), void *userdata)
{
        sigset_t all, before;
        pthread_t thread;
        int r;

        sigfillset(&all);
        (void) pthread_sigmask(SIG_SETMASK, &all, &before);
        r = pthread_create(&thread, NULL, run, userdata);
        (void) pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r == 0)
                (void) pthread_detach(thread);
        return -r;
}

static void stop_waiting(struct aside *aside)
{
        aside->over = sd_event_source_disable_unref(aside->over);
        aside->timer = sd_event_source_disable_unref(aside->timer);
}

static int on_over(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct aside *aside = userdata;

        (void) source, (void) fd, (void) revents;

        stop_waiting(aside);
        lag_note("the answer", "a thread");
        aside->done(aside->userdata, aside->shared->what);
        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct aside *aside = userdata;

        (void) source, (void) usec;

        stop_waiting(aside);
        aside->done(aside->userdata, NULL);
        return 0;
}

static int start(struct aside *aside)
{
        struct shared *shared = aside->shared;
        int r;

        r = sd_event_add_io(aside->event, &aside->over, shared->over_fd, EPOLLIN, on_over, aside);
        if (r >= 0)
                r = sd_event_add_time_relative(aside->event, &aside->timer, CLOCK_MONOTONIC,
                                               shared->task.stall_usec, 0, on_time, aside);
        if (r < 0)
                return r;
        if (atomic_fetch_add(&running, 1) >= ASIDES_MAX)
                r = -EBUSY;
        (void) atomic_fetch_add(&shared->owners, 1);
        if (r >= 0)
                r = start_thread(work_shared, shared);
        if (r < 0) {
                (void) atomic_fetch_sub(&shared->owners, 1);
                (void) atomic_fetch_sub(&running, 1);
        }
        return r;
}

int aside_new(sd_event *event, const struct aside_task *task, void *what, aside_done_t done, void *userdata,
              struct aside **ret)
{
        _cleanup_(aside_freep) struct aside *aside = calloc(1, sizeof(*aside));
        int r;

        if (!aside)
                return -ENOMEM;
        aside->event = event;
        aside->done = done;
        aside->userdata = userdata;
        aside->shared = calloc(1, sizeof(*aside->shared));
        if (!aside->shared)
                return -ENOMEM;
        aside->shared->owners = 1;
        aside->shared->task = *task;
        aside->shared->over_fd = eventfd(0, EFD_CLOEXEC);
        if (aside->shared->over_fd < 0)
                return -errno;
        aside->shared->what = what;
        r = start(aside);
        if (r < 0) {
                aside->shared->what = NULL; /* the caller's */
                return r;
        }
        *ret = TAKE_PTR(aside);
        return 0;
}

struct aside *aside_free(struct aside *aside)
{
        if (!aside)
                return NULL;

        stop_waiting(aside);
        if (aside->shared)
                leave(aside->shared);
        free(aside);
        return NULL;
}

void aside_run(void (*work)(void *what), void *what)
{
        struct errand *errand = malloc(sizeof(*errand));

        if (errand) {
                *errand = (struct errand){ work, what };
                (void) atomic_fetch_add(&errands, 1);
                if (start_thread(work_errand, errand) >= 0)
                        return;
                (void) atomic_fetch_sub(&errands, 1);
                free(errand);
        }
        work(what);
}

bool asides_are_gone(uint64_t usec)
{
        static const struct timespec pause = { .tv_nsec = PAUSE_USEC * 1000 };

        for (uint64_t waited = 0; atomic_load(&errands) > 0 && waited < usec; waited += PAUSE_USEC)
                (void) nanosleep(&pause, NULL);
        return atomic_load(&errands) == 0;
}
