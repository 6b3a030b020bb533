/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of methods that start a job: a{sv} in, a request out.
 */
#ifndef MEMCTL_BUS_OPTIONS_H
#define MEMCTL_BUS_OPTIONS_H

#include "basic/job_options.h"
#include "daemon/operation/blocks/request.h"

#include <systemd/sd-bus.h>

/* Reads an a{sv} of options into the request; those that are not given become none. */
int request_read_options(sd_bus_message *m, enum option_set set, struct operation_request *request,
                         sd_bus_error *error);

#endif
