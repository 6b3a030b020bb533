/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/listening.h"

#include <errno.h>
#include <stdlib.h>

/* As long as another's request may take. */
#define STALL_USEC (30 * UINT64_C(1000000))

/* What the thread does. */
struct listening {
        listening_open_t open;
        struct netlink *netlink; /* NULL: there is nothing to listen to */
};

static void listen_to_module(void *what)
{
        struct listening *listening = what;
        _cleanup_free_ char *message = NULL;

        (void) listening->open(&listening->netlink, &message);
}

static void free_listening(void *what)
{
        struct listening *listening = what;

        netlink_close(listening->netlink);
        free(listening);
}

int listening_new(sd_event *event, listening_open_t open, aside_done_t done, void *userdata,
                  struct aside **ret)
{
        static const struct aside_task task = {
                .work = listen_to_module,
                .free_what = free_listening,
                .stall_usec = STALL_USEC,
        };
        struct listening *listening = calloc(1, sizeof(*listening));
        int r;

        if (!listening)
                return -ENOMEM;
        listening->open = open;
        r = aside_new(event, &task, listening, done, userdata, ret);
        if (r < 0)
                free_listening(listening);
        return r;
}

struct netlink *listening_take(void *what)
{
        struct listening *listening = what;

        return listening ? TAKE_PTR(listening->netlink) : NULL;
}
