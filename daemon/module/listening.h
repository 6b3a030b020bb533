/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Begins to listen to memctl.ko's events, in a thread: another's request may keep the kernel's generic
 * netlink.
 */
#ifndef MEMCTL_MODULE_LISTENING_H
#define MEMCTL_MODULE_LISTENING_H

#include "daemon/core/aside.h"
#include "daemon/module/netlink.h"

/* done() is called once, from the loop, with what listening_take() takes. 0 or -errno. */
int listening_new(sd_event *event, aside_done_t done, void *userdata, struct aside **ret);

/* The connection, which is the caller's; NULL: there is nothing to listen to. what may be NULL. */
struct netlink *listening_take(void *what);

#endif
