/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection that the loop listens on. It is made in a thread: another's request may keep the kernel's
 * generic netlink, and who joins a group waits for that.
 */
#ifndef MEMCTL_MODULE_LISTENING_H
#define MEMCTL_MODULE_LISTENING_H

#include "daemon/module/netlink.h"

#include <systemd/sd-event.h>

struct listening;

struct listening_task {
        int (*open)(struct netlink **ret, char **message); /* netlink_listen() and the like: in the thread */
        void (*on_open)(void *userdata);  /* it is made, or there is nothing to listen to; NULL: no matter */
        void (*on_input)(void *userdata); /* call listening_receive() */
};

/* task is static. Both are called from the loop, on_input() until it is freed. 0 or -errno. */
int listening_new(sd_event *event, const struct listening_task *task, void *userdata,
                  struct listening **ret);

/* For on_input(): as netlink_receive(). After an error other than -ENOBUFS there is no more input. */
int listening_receive(struct listening *listening, void (*handler)(void *userdata, struct nlmsghdr *header),
                      void *userdata);

/* Not from within handler(). */
struct listening *listening_free(struct listening *listening);
DEFINE_CLEANUP(struct listening *, listening_free)

#endif
