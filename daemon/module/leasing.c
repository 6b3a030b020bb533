/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/leasing.h"

#include <errno.h>

/* memctl.ko waits for CPUs that may be busy with what cannot be interrupted. */
#define STALL_USEC (10 * UINT64_C(1000000))

struct leasing {
        sd_event *event;
        struct lease *lease;
        struct helper *helper;
        leasing_done_t done;
        void *userdata;
};

static int hold(void *userdata, struct packet *answer, char **message)
{
        struct leasing *leasing = userdata;
        int r = lease_hold(leasing->lease, message);

        if (r >= 0)
                lease_put(leasing->lease, answer);
        return r;
}

static void on_held(void *userdata, const struct helper_result *result)
{
        struct leasing *leasing = userdata;
        struct lease *lease = NULL;
        int r = result->error;

        if (r >= 0)
                r = lease_get(leasing->lease, result->answer);
        if (r >= 0)
                lease = TAKE_PTR(leasing->lease);
        leasing->done(leasing->userdata, r, r == -ETIMEDOUT ? "memctl.ko has not answered for ten seconds" : result->message,
                      lease);
}

int leasing_new(sd_event *event, const struct tree *tree, uint64_t usec, leasing_done_t done, void *userdata,
                struct leasing **ret, char **message)
{
        _cleanup_(leasing_freep) struct leasing *leasing = calloc(1, sizeof(*leasing));
        struct helper_task task = {
                .name = "memctld-lease", .work = hold, .keep_fds = { -1, -1, -1 }, .stall_usec = STALL_USEC,
        };
        int r;

        if (!leasing)
                return -ENOMEM;
        leasing->event = event;
        leasing->done = done;
        leasing->userdata = userdata;
        r = lease_new(tree, usec, &leasing->lease, message);
        if (r < 0)
                return r;
        task.keep_fds[0] = lease_fd(leasing->lease);
        r = helper_new(event, &task, leasing, on_held, leasing, &leasing->helper);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(leasing);
        return 0;
}

struct leasing *leasing_free(struct leasing *leasing)
{
        if (!leasing)
                return NULL;

        helper_free(leasing->helper);
        leasing_end(leasing->event, leasing->lease);
        free(leasing);
        return NULL;
}

/* The last one to close the socket waits: that is the helper. */
static int let_go(void *userdata, struct packet *answer, char **message)
{
        (void) answer, (void) message;

        lease_free(userdata);
        return 0;
}

static void on_ended(void *userdata, const struct helper_result *result)
{
        (void) userdata, (void) result;
}

void leasing_end(sd_event *event, struct lease *lease)
{
        struct helper_task task = {
                .name = "memctld-lease", .work = let_go, .keep_fds = { -1, -1, -1 }, .stall_usec = STALL_USEC,
        };
        struct helper *helper;

        if (!lease)
                return;
        task.keep_fds[0] = lease_fd(lease);
        if (helper_new(event, &task, lease, on_ended, NULL, &helper) >= 0)
                helper_let_go(helper);
        lease_free(lease);
}
