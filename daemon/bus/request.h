/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the arguments of a method to a job and back: options in, the job's path or an error out.
 */
#ifndef MEMCTL_BUS_REQUEST_H
#define MEMCTL_BUS_REQUEST_H

#include "daemon/bus/server.h"

/* Reads an a{sv} of options into the request; those that are not given become none. options.c */
int request_read_options(sd_bus_message *m, enum option_set set, struct operation_request *request,
                         sd_bus_error *error);

/* Starts the job and answers with its path. */
int request_start_job(struct server *server, sd_bus_message *m, const struct operation_request *request,
                      sd_bus_error *error);

/* Sets error by the class of r (a negative errno) and the message; always returns a negative errno. */
int request_fail(sd_bus_error *error, int r, const char *message);

/* How much of a reason is told: docs/rights.md. */
enum reason_detail {
        REASONS_PUBLIC,  /* to everybody: how many pages, and how many processes */
        REASONS_COUNTED, /* and whose pages: the action inspect */
        REASONS_NAMED,   /* and which processes: inspect-processes */
};

/* Appends n reasons as aa{sv}. 0 or -errno. */
int request_append_reasons(sd_bus_message *m, const struct reason *reasons, size_t n, enum reason_detail detail);

#endif
