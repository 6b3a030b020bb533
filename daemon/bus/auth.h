/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who may do what: root and the private caller anything, everybody else what polkit says.
 */
#ifndef MEMCTL_BUS_AUTH_H
#define MEMCTL_BUS_AUTH_H

#include "daemon/bus/server.h"

/* What a method does once it may. Answers the call, or returns -errno with error or message set. */
typedef int (*auth_method_t)(struct server *server, sd_bus_message *m, sd_bus_error *error);

/*
 * Runs method if the sender of m is authorized for the polkit action, at once or when polkit has answered
 * (which may take as long as a person needs to type a password). To be returned from a method handler:
 * the call is answered either way.
 */
int auth_run(struct server *server, sd_bus_message *m, const char *action, auth_method_t method,
             sd_bus_error *error);

#endif
