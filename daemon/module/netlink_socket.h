/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a connection is made of: for netlink.c, which asks on it, and netlink_listen.c, which listens. */
#ifndef MEMCTL_MODULE_NETLINK_SOCKET_H
#define MEMCTL_MODULE_NETLINK_SOCKET_H

#include "basic/cleanup.h"

#include <netlink/handlers.h>
#include <netlink/socket.h>

struct netlink {
        struct nl_sock *socket;
        int family; /* memctl.ko's, once netlink_find() has found it */
};

DEFINE_CLEANUP(struct nl_cb *, nl_cb_put)

#endif
