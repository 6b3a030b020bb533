/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls to memctld, over the connection that there is (connect.h). Functions that return an exit status have
 * said on stderr what went wrong.
 */
#ifndef MEMCTL_CLI_CLIENT_H
#define MEMCTL_CLI_CLIENT_H

#include "cli/run/context.h"

/* NULL on a private connection, which has no names. */
const char *client_destination(const struct context *context);

/* A method call to memctld, to be filled with arguments. */
int client_new_call(struct context *context, const char *path, const char *interface, const char *method,
                    sd_bus_message **ret);

/* Sends it and waits for the reply, which is the caller's. */
int client_call(struct context *context, sd_bus_message *call, sd_bus_message **ret);

/* Says what the error means and returns the exit status for it. */
int client_failed(struct context *context, const sd_bus_error *error, int r);

/* Says that an answer makes no sense. EXIT_FAILED. */
int client_bad_answer(void);

#endif
