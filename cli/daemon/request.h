/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options of the command line as the options of a method call.
 */
#ifndef MEMCTL_CLI_REQUEST_H
#define MEMCTL_CLI_REQUEST_H

#include "cli/run/context.h"

/* Appends what was given as a{sv}. 0 or -errno. */
int request_append_options(const struct context *context, sd_bus_message *call);

#endif
