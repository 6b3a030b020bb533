/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leases on the LRU caches that memctld holds for its clients, and that end with them.
 */
#ifndef MEMCTL_BUS_CLIENT_LEASE_H
#define MEMCTL_BUS_CLIENT_LEASE_H

#include "basic/command.h"
#include "daemon/bus/caller/client.h"
#include "daemon/module/leasing.h"
#include "daemon/module/lru.h"

#include <systemd/sd-bus.h>

struct server;

struct client_lease {
        struct client_lease *next;
        struct server *server;
        struct client client;
        struct lease *lease; /* NULL: it is being taken */
        struct leasing *leasing;
        sd_bus_message *call; /* to be answered then */
        sd_event_source *end;
        uint32_t pid; /* 0: not known */
        char command[COMMAND_SIZE];
};

/*
 * Takes one for the sender of m, and answers m when it is there; usec, and errors, as leasing_new(), and
 * -EBUSY when this client, or with error set when its user, has as many as it may. It belongs to the server,
 * and is forgotten when it ends. Positive: m will be answered.
 */
int client_lease_new(struct server *server, sd_bus_message *m, uint64_t usec, char **message,
                     sd_bus_error *error);

/* Ends it. */
void client_lease_forget(struct client_lease *held);

/* NULL: no client has that lease (any more). */
struct client_lease *client_lease_find(const struct server *server, uint64_t id);

/* Ends all leases of clients. */
void bus_drop_leases(struct server *server);

#endif
