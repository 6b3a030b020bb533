/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way in and out: connects to a bus, and puts all objects on it.
 */
#ifndef MEMCTL_BUS_SERVER_H
#define MEMCTL_BUS_SERVER_H

#include "basic/cleanup.h"

struct machine;
struct server;

/*
 * Puts all objects on a bus and attaches it to the loop: the system bus when fd is negative, else the
 * private connection behind fd (which is then the server's). 0 or -errno with *message set.
 */
int server_new(struct machine *machine, int fd, struct server **ret, char **message);
struct server *server_free(struct server *server);
DEFINE_CLEANUP(struct server *, server_free)

#endif
