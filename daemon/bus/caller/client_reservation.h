/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Contiguous memory that memctld reserves for its clients. What has no name is held by memctld, and ends
 * with its client. What has a name is memctl.ko's; of that, memctld remembers whose quota it counts for.
 */
#ifndef MEMCTL_BUS_CLIENT_RESERVATION_H
#define MEMCTL_BUS_CLIENT_RESERVATION_H

#include "daemon/bus/caller/client.h"
#include "daemon/module/reserving.h"

#include <systemd/sd-bus.h>

struct server;

struct client_reservation {
        struct client_reservation *next;
        struct server *server;
        struct client client;        /* let go once it is made and has a name */
        struct reservation what;     /* id 0: it is being made */
        struct reserver *reserver;   /* that holds it; NULL: it has a name, or is being made */
        struct reserving *reserving; /* NULL: it is made */
        sd_bus_message *call;        /* to be answered then */
        uint64_t begun_usec;         /* CLOCK_MONOTONIC */
        uint64_t made_usec;          /* likewise */
};

/*
 * Reserves for the sender of m, and answers m when it is done or has failed; errors as of reserving_new(),
 * and with error set when the user has as many as he may. It belongs to the server. Positive: m will be
 * answered.
 */
int client_reservation_new(struct server *server, sd_bus_message *m, const struct reserver_wish *wish,
                           char **message, sd_bus_error *error);

/* Ends it, unless it has a name; it is forgotten. */
void client_reservation_forget(struct client_reservation *held);

/* NULL: no client has made that one, as far as this memctld knows. */
struct client_reservation *client_reservation_find(const struct server *server, uint64_t id);

/* Of a name; made or being made. */
struct client_reservation *client_reservation_find_name(const struct server *server, const char *name);

/*
 * Forgets those with a name that are not in the list, whoever has released them; but for what was made since
 * the list was asked for (CLOCK_MONOTONIC).
 */
void client_reservations_prune(struct server *server, const struct reservation_list *list,
                               uint64_t asked_usec);

/* Ends all that have no name, or are being made. */
void bus_drop_reservations(struct server *server);

/* The entries that callers may see of it, into an open a{sv}; full: where it is, and whose. */
int client_reservation_append(sd_bus_message *m, const struct reservation *what, bool full);

#endif
