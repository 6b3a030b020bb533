/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Releases a reservation: one with a name in a process of its own, for it may be anybody's, one without by
 * whoever holds it.
 */
#ifndef MEMCTL_BUS_RELEASE_H
#define MEMCTL_BUS_RELEASE_H

#include <systemd/sd-bus.h>

struct server;

/* key: its name or number. Positive: m will be answered; or -errno with error set. */
int bus_release(struct server *server, sd_bus_message *m, const char *key, sd_bus_error *error);

#endif
