/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.OfflineSize: so many bytes, of the blocks that are cheapest to take.
 */
#ifndef MEMCTL_BUS_SIZE_H
#define MEMCTL_BUS_SIZE_H

#include <systemd/sd-bus.h>

struct server;

/* Once it has been authorized. */
int bus_offline_size(struct server *server, sd_bus_message *m, sd_bus_error *error);

#endif
