/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/leasing.h"

#include "daemon/core/aside.h"

#include <errno.h>

/* memctl.ko waits for CPUs that may be busy with what cannot be interrupted. */
#define STALL_USEC (10 * UINT64_C(1000000))

/* What the thread does. */
struct taking {
        struct lease *lease;
        int error;
        char *message;
};

struct leasing {
        struct aside *aside;
        leasing_done_t done;
        void *userdata;
};

static void take(void *what)
{
        struct taking *taking = what;

        taking->error = lease_hold(taking->lease, &taking->message);
}

static void free_taking(void *what)
{
        struct taking *taking = what;

        leasing_end(taking->lease);
        free(taking->message);
        free(taking);
}

static void on_done(void *userdata, void *what)
{
        struct leasing *leasing = userdata;
        struct taking *taking = what;
        struct lease *lease = NULL;
        _cleanup_free_ char *message = NULL;

        if (!taking) {
                leasing->done(leasing->userdata, -ETIMEDOUT, "memctl.ko has not answered for ten seconds",
                              NULL);
                return;
        }
        message = TAKE_PTR(taking->message);
        if (taking->error >= 0)
                lease = TAKE_PTR(taking->lease);
        leasing->done(leasing->userdata, taking->error, message, lease);
}

int leasing_new(sd_event *event, const struct tree *tree, uint64_t usec, leasing_done_t done, void *userdata,
                struct leasing **ret, char **message)
{
        static const struct aside_task task = { .work = take,
                                                .free_what = free_taking,
                                                .stall_usec = STALL_USEC };
        _cleanup_(leasing_freep) struct leasing *leasing = calloc(1, sizeof(*leasing));
        struct taking *taking;
        int r;

        if (!leasing)
                return -ENOMEM;
        leasing->done = done;
        leasing->userdata = userdata;
        taking = calloc(1, sizeof(*taking));
        if (!taking)
                return -ENOMEM;
        r = lease_new(tree, usec, &taking->lease, message);
        if (r >= 0)
                r = aside_new(event, &task, taking, on_done, leasing, &leasing->aside);
        if (r < 0) {
                free_taking(taking);
                return r;
        }
        *ret = TAKE_PTR(leasing);
        return 0;
}

struct leasing *leasing_free(struct leasing *leasing)
{
        if (!leasing)
                return NULL;

        aside_free(leasing->aside);
        free(leasing);
        return NULL;
}

static void let_go(void *what)
{
        lease_free(what);
}

void leasing_end(struct lease *lease)
{
        if (lease)
                aside_run(let_go, lease);
}
