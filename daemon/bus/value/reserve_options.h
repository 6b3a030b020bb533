/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of Manager.Reserve: a{sv} in, a request out. docs/bus.md has them for people.
 */
#ifndef MEMCTL_BUS_RESERVE_OPTIONS_H
#define MEMCTL_BUS_RESERVE_OPTIONS_H

#include "daemon/plan/reserve.h"

#include <systemd/sd-bus.h>

/* Strings of the request are the message's. 0, or -errno with error set where an option is no good. */
int reserve_read_options(sd_bus_message *m, struct reserve_request *request, sd_bus_error *error);

#endif
