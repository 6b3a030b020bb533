/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The connection to memctld: over the system bus, or to one started for this run alone.
 */
#ifndef MEMCTL_CLI_CONNECT_H
#define MEMCTL_CLI_CONNECT_H

#include "cli/run/context.h"

/* Connects. EXIT_DONE or an exit status. */
int client_connect(struct context *context);

/* Closes the connection and waits for a private daemon to put back what it must. */
void client_disconnect(struct context *context);

#endif
