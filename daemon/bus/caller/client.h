/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client that has something of memctld's, for as long as it is connected to the bus: however a process
 * ends, that ends with it.
 */
#ifndef MEMCTL_BUS_CLIENT_H
#define MEMCTL_BUS_CLIENT_H

#include "daemon/bus/context/callers.h"
#include "daemon/core/quota.h"

#include <stdbool.h>
#include <systemd/sd-bus.h>

struct server;

/* It has left the bus: what it had ends now. May end the struct client. */
typedef void (*client_gone_t)(void *userdata);

/* Part of what stands for what it has; zeroed: nobody's. */
struct client {
        bool is_there;       /* and not let go */
        sd_bus_track *track; /* NULL on the private connection, whose end is memctld's */
        client_gone_t gone;
        void *userdata;
        struct quota_claim claim;
};

/*
 * The sender of m has one of those from now on, before it is made: a client that is gone already must not
 * get one. 0, or -errno with error set where its user has as many as he may; client_end() is due all the
 * same.
 */
int client_begin(struct client *client, struct server *server, sd_bus_message *m, enum caller_has what,
                 client_gone_t gone, void *userdata, sd_bus_error *error);

bool client_is_sender(const struct client *client, sd_bus_message *m);

/* It is counted on, but does not end with the client, and is nobody's. */
void client_let_go(struct client *client);

void client_end(struct client *client);

#endif
