/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/damon.h"

#include "daemon/query/damon_ranges.h"
#include "daemon/worker/worker.h"

#include <errno.h>
#include <fcntl.h>

/* The look is over a little later than that: the kernel counts samples. So the worker waits for the rest. */
#define WAIT_USEC (DAMON_LOOK_USEC - DAMON_LOOK_USEC / 16)

struct damon_watch {
        struct machine *machine;
        struct damon_admin *admin;
        struct worker *worker;
        sd_event_source *timer;
        damon_done_t done;
        void *userdata;
};

enum damon_state damon_state(const struct tree *tree)
{
        return tree->live ? damon_admin_state(tree->root_fd) : DAMON_MISSING;
}

static void finish(struct damon_watch *watch, int error)
{
        struct cold_ranges untouched = { 0 };
        _cleanup_close_ int fd = -1;

        if (error >= 0) {
                fd = damon_admin_regions(watch->admin);
                error = fd < 0 ? fd : damon_read_regions(fd, (uint64_t) sysconf(_SC_PAGESIZE), &untouched);
        }
        watch->admin = damon_admin_free(watch->admin);
        watch->done(watch->userdata, error, &untouched);
}

static void on_updated(void *userdata, int error, const struct worker_answer *answer)
{
        (void) answer;

        finish(userdata, error);
}

/* Its writer waits in the kernel until the look is over. */
static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct damon_watch *watch = userdata;
        int r;

        (void) source, (void) usec;

        r = worker_write(watch->worker, DAMON_STATE_PATH, "update_schemes_tried_regions");
        if (r < 0)
                finish(watch, r);
        return 0;
}

int damon_watch_new(struct machine *machine, const struct cold *cold, damon_done_t done, void *userdata,
                    struct damon_watch **ret)
{
        _cleanup_(damon_watch_freep) struct damon_watch *watch = NULL;
        struct cold_ranges ranges = { 0 };
        int r;

        watch = calloc(1, sizeof(*watch));
        if (!watch)
                return -ENOMEM;
        watch->machine = machine;
        watch->done = done;
        watch->userdata = userdata;
        r = damon_ranges(cold, &ranges);
        if (r >= 0)
                r = damon_admin_new(machine->tree->root_fd, DAMON_RUNTIME + 1, &ranges, &watch->admin);
        free(ranges.ranges);
        if (r >= 0)
                r = damon_admin_start(watch->admin);
        if (r >= 0)
                r = worker_new(machine->event, on_updated, watch, &watch->worker);
        if (r >= 0)
                r = machine_after(machine, WAIT_USEC, on_time, watch, &watch->timer);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(watch);
        return 0;
}

struct damon_watch *damon_watch_free(struct damon_watch *watch)
{
        if (!watch)
                return NULL;

        sd_event_source_disable_unref(watch->timer);
        worker_free(watch->worker);
        damon_admin_free(watch->admin);
        free(watch);
        return NULL;
}

void damon_clear_left(const struct tree *tree)
{
        if (tree->live)
                damon_admin_clear_left(tree->root_fd, DAMON_RUNTIME + 1);
}
