/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/listening.h"

#include "daemon/core/aside.h"

#include <errno.h>
#include <stdlib.h>

/* As long as another's request may take. */
#define STALL_USEC (30 * UINT64_C(1000000))

/* What the thread does. */
struct opening {
        int (*open)(struct netlink **ret, char **message);
        struct netlink *netlink; /* NULL: there is nothing to listen to */
};

struct listening {
        sd_event *event;
        const struct listening_task *task;
        void *userdata;
        struct aside *opening;
        struct netlink *netlink; /* NULL: not yet, or never */
        sd_event_source *io;
};

static void open_connection(void *what)
{
        struct opening *opening = what;
        _cleanup_free_ char *message = NULL;

        (void) opening->open(&opening->netlink, &message);
}

static void free_opening(void *what)
{
        struct opening *opening = what;

        netlink_close(opening->netlink);
        free(opening);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct listening *listening = userdata;

        (void) source, (void) fd, (void) revents;

        listening->task->on_input(listening->userdata);
        return 0;
}

static void on_open(void *userdata, void *what)
{
        struct listening *listening = userdata;
        struct opening *opening = what;

        listening->netlink = opening ? TAKE_PTR(opening->netlink) : NULL;
        listening->opening = aside_free(listening->opening);
        if (listening->netlink)
                (void) sd_event_add_io(listening->event, &listening->io, netlink_fd(listening->netlink),
                                       EPOLLIN, on_io, listening);
        if (listening->task->on_open)
                listening->task->on_open(listening->userdata);
}

int listening_new(sd_event *event, const struct listening_task *task, void *userdata, struct listening **ret)
{
        static const struct aside_task aside = {
                .work = open_connection,
                .free_what = free_opening,
                .stall_usec = STALL_USEC,
        };
        _cleanup_(listening_freep) struct listening *listening = calloc(1, sizeof(*listening));
        struct opening *opening = calloc(1, sizeof(*opening));
        int r;

        if (!listening || !opening) {
                free(opening);
                return -ENOMEM;
        }
        listening->event = event;
        listening->task = task;
        listening->userdata = userdata;
        opening->open = task->open;
        r = aside_new(event, &aside, opening, on_open, listening, &listening->opening);
        if (r < 0) {
                free_opening(opening);
                return r;
        }
        *ret = TAKE_PTR(listening);
        return 0;
}

int listening_receive(struct listening *listening, void (*handler)(void *userdata, struct nlmsghdr *header),
                      void *userdata)
{
        int r = netlink_receive(listening->netlink, handler, userdata);

        if (r < 0 && r != -ENOBUFS)
                (void) sd_event_source_set_enabled(listening->io, SD_EVENT_OFF);
        return r;
}

struct listening *listening_free(struct listening *listening)
{
        if (!listening)
                return NULL;

        aside_free(listening->opening);
        sd_event_source_disable_unref(listening->io);
        netlink_close(listening->netlink);
        free(listening);
        return NULL;
}
