/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who may do what: root and the private caller anything, everybody else what polkit says (rights.h).
 */
#ifndef MEMCTL_BUS_AUTH_H
#define MEMCTL_BUS_AUTH_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

struct server;

/* What a method does once it may. Answers the call, or returns -errno with error or message set. */
typedef int (*auth_method_t)(struct server *server, sd_bus_message *m, sd_bus_error *error);

/* The same for one whose answer has a part that not everybody gets. full: the sender gets it. */
typedef int (*auth_told_t)(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error);

/*
 * Runs method if the sender of m is authorized for what m calls, at once or when polkit has answered
 * (which may take as long as a person needs to type a password). To be returned from a method handler:
 * the call is answered either way. A sender that leaves the bus meanwhile is not asked for any more. What a
 * user may have waiting is bounded, and so is the size of a call (message_size.h).
 */
int auth_run(struct server *server, sd_bus_message *m, auth_method_t method, sd_bus_error *error);

/* The same, by the right to call another method: who may start something may end it. */
int auth_run_as(struct server *server, sd_bus_message *m, const char *interface, const char *member,
                auth_method_t method, sd_bus_error *error);

/*
 * The same for a method with two rights: who has the greater one gets the full answer, and need not have the
 * other. persistent: the greater one is what the caller wants, so that he is asked for a password for it,
 * not for the other.
 */
int auth_run_told(struct server *server, sd_bus_message *m, bool persistent, auth_told_t method,
                  sd_bus_error *error);

/* All checks of a server that ends: nobody is answered. */
void auth_forget_all(struct server *server);

#endif
