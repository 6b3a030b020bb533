/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Begins to listen to the kernel, in a thread: another's request may keep its generic netlink, and who joins
 * a group waits for that.
 */
#ifndef MEMCTL_MODULE_LISTENING_H
#define MEMCTL_MODULE_LISTENING_H

#include "daemon/core/aside.h"
#include "daemon/module/netlink.h"

/* netlink_listen() or netlink_listen_for_module(): called in the thread. */
typedef int (*listening_open_t)(struct netlink **ret, char **message);

/* done() is called once, from the loop, with what listening_take() takes. 0 or -errno. */
int listening_new(sd_event *event, listening_open_t open, aside_done_t done, void *userdata,
                  struct aside **ret);

/* The connection, which is the caller's; NULL: there is nothing to listen to. what may be NULL. */
struct netlink *listening_take(void *what);

#endif
