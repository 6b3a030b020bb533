/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/hugepages/pool_write.h"

#include "daemon/machine/huge_pool.h"
#include "daemon/worker/worker.h"

#include <errno.h>
#include <inttypes.h>

/* Without one page more, or less, in the pool. */
#define STALL_USEC (60 * UINT64_C(1000000))

/* A write that was ended is over by then, or waits for another's, which no signal ends. */
#define END_USEC (10 * UINT64_C(1000000))

struct pool_write {
        struct machine *machine;
        uint64_t size;
        pool_write_done_t done;
        void *userdata;
        struct worker *worker; /* NULL: none could be made */
        sd_event_source *timer;
        int node;
        uint64_t seen; /* in the pool, at the last look */
        uint64_t cpu_usec;
        bool ended, stalled;
};

static int on_time(sd_event_source *source, uint64_t usec, void *userdata);

static void set_timer(struct pool_write *write, uint64_t usec)
{
        write->timer = sd_event_source_disable_unref(write->timer);
        /* without it there is no bound but the kernel's */
        (void) machine_after(write->machine, usec, on_time, write, &write->timer);
}

static uint64_t look(const struct pool_write *write)
{
        struct huge_pool_counts counts = { 0 };

        (void) huge_pool_count(write->machine->tree, write->size, write->node, &counts);
        return counts.persistent;
}

static void report(struct pool_write *write, int error)
{
        write->timer = sd_event_source_disable_unref(write->timer);
        if (write->stalled && error < 0)
                error = -ETIMEDOUT;
        write->done(write->userdata, error);
}

static void on_written(void *userdata, int error, const struct worker_answer *answer)
{
        struct pool_write *write = userdata;

        if (answer)
                write->cpu_usec += answer->cpu_usec;
        report(write, error);
}

/* It waits in the kernel, and does nothing more than the one page that it is at. */
static void leave_behind(struct pool_write *write)
{
        write->worker = worker_free(write->worker);
        (void) worker_new(write->machine->event, on_written, write, &write->worker);
        report(write, -EINTR);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct pool_write *write = userdata;
        uint64_t seen = look(write);

        (void) source, (void) usec;

        if (write->ended)
                leave_behind(write);
        else if (seen != write->seen) {
                write->seen = seen;
                set_timer(write, STALL_USEC);
        } else {
                write->stalled = true;
                pool_write_abort(write);
        }
        return 0;
}

int pool_write_new(struct machine *machine, uint64_t size, pool_write_done_t done, void *userdata,
                   struct pool_write **ret)
{
        _cleanup_(pool_write_freep) struct pool_write *write = calloc(1, sizeof(*write));
        int r;

        if (!write)
                return -ENOMEM;
        write->machine = machine;
        write->size = size;
        write->done = done;
        write->userdata = userdata;
        r = worker_new(machine->event, on_written, write, &write->worker);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(write);
        return 0;
}

int pool_write_start(struct pool_write *write, int node, uint64_t number)
{
        char path[HUGE_POOL_PATH_MAX], value[24];
        int r;

        if (!write->worker)
                return -ENOMEM;
        huge_pool_path(write->size, node, path);
        (void) snprintf(value, sizeof(value), "%" PRIu64, number);
        r = worker_write(write->worker, path, value);
        if (r < 0)
                return r;
        write->node = node;
        write->ended = write->stalled = false;
        write->seen = look(write);
        set_timer(write, STALL_USEC);
        return 0;
}

void pool_write_abort(struct pool_write *write)
{
        if (write->ended || !write->worker || !worker_is_busy(write->worker))
                return;
        write->ended = true;
        worker_end(write->worker);
        set_timer(write, END_USEC);
}

uint64_t pool_write_cpu_usec(const struct pool_write *write)
{
        return write->cpu_usec;
}

struct pool_write *pool_write_free(struct pool_write *write)
{
        if (!write)
                return NULL;

        sd_event_source_disable_unref(write->timer);
        worker_free(write->worker);
        free(write);
        return NULL;
}
