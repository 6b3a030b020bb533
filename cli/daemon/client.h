/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The connection to memctld: over the system bus, or to one started for this run alone. Functions that
 * return an exit status have said on stderr what went wrong.
 */
#ifndef MEMCTL_CLI_CLIENT_H
#define MEMCTL_CLI_CLIENT_H

#include "cli/run/context.h"

/* Connects. EXIT_DONE or an exit status. */
int client_connect(struct context *context);

/* Closes the connection and waits for a private daemon to put back what it must. */
void client_disconnect(struct context *context);

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

/* private.c: starts memctld on one end of a socket pair. 0 or -errno; *ret_fd is the other end. */
int private_start(const char *root, pid_t *ret_pid, int *ret_fd);

/* recovery.c: waits for the jobs that a private memctld has begun by itself. EXIT_DONE or an exit status. */
int recovery_wait(struct context *context);

#endif
