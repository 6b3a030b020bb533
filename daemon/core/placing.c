/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/placing.h"

#include "daemon/core/aside.h"

#include <errno.h>

#define STALL_USEC (10 * UINT64_C(1000000))

/* What the thread does. */
struct making {
        int node;
        uint32_t id;
        int error;
        char *message;
        struct node_cgroup *group;
};

struct placing {
        struct aside *aside;
        placing_done_t done;
        void *userdata;
};

static void make(void *what)
{
        struct making *making = what;

        making->error = node_cgroup_new(making->node, making->id, &making->group, &making->message);
}

static void free_making(void *what)
{
        struct making *making = what;

        placing_end(making->group);
        free(making->message);
        free(making);
}

static void on_done(void *userdata, void *what)
{
        struct placing *placing = userdata;
        struct making *making = what;
        _cleanup_free_ char *message = NULL;

        if (!making) {
                placing->done(placing->userdata, -ETIMEDOUT,
                              "the kernel has not made a cgroup for ten seconds", NULL);
                return;
        }
        message = TAKE_PTR(making->message);
        placing->done(placing->userdata, making->error, message, TAKE_PTR(making->group));
}

int placing_new(sd_event *event, int node, uint32_t id, placing_done_t done, void *userdata,
                struct placing **ret)
{
        static const struct aside_task task = { .work = make,
                                                .free_what = free_making,
                                                .stall_usec = STALL_USEC };
        _cleanup_(placing_freep) struct placing *placing = calloc(1, sizeof(*placing));
        struct making *making;
        int r;

        if (!placing)
                return -ENOMEM;
        placing->done = done;
        placing->userdata = userdata;
        making = calloc(1, sizeof(*making));
        if (!making)
                return -ENOMEM;
        making->node = node;
        making->id = id;
        r = aside_new(event, &task, making, on_done, placing, &placing->aside);
        if (r < 0) {
                free_making(making);
                return r;
        }
        *ret = TAKE_PTR(placing);
        return 0;
}

struct placing *placing_free(struct placing *placing)
{
        if (!placing)
                return NULL;

        aside_free(placing->aside);
        free(placing);
        return NULL;
}

static void end(void *what)
{
        node_cgroup_free(what);
}

void placing_end(struct node_cgroup *group)
{
        if (group)
                aside_run(end, group);
}
