/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job is started for the one who calls.
 */
#ifndef MEMCTL_BUS_REQUEST_H
#define MEMCTL_BUS_REQUEST_H

#include "daemon/operation/blocks/request.h"

#include <systemd/sd-bus.h>

struct server;

/* Starts the job and answers with its path. */
int request_start_job(struct server *server, sd_bus_message *m, const struct operation_request *request,
                      sd_bus_error *error);

#endif
