/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the arguments of a method to a job and back: options in, the job's path or an error out.
 */
#ifndef MEMCTL_BUS_REQUEST_H
#define MEMCTL_BUS_REQUEST_H

#include "daemon/bus/server.h"

/* Reads an a{sv} of options into the request; those that are not given become none. options.c */
int request_read_options(sd_bus_message *m, enum option_set set, struct job_request *request,
                         sd_bus_error *error);

/* Starts the job and answers with its path. */
int request_start_job(struct server *server, sd_bus_message *m, const struct job_request *request,
                      sd_bus_error *error);

/* Sets error by the class of r (a negative errno) and the message; always returns a negative errno. */
int request_fail(sd_bus_error *error, int r, const char *message);

/* Appends reasons as aa{sv}, and property getters' use of it. */
int request_append_reasons(sd_bus_message *m, const struct reason_list *reasons);

#endif
