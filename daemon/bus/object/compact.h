/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.Compact.
 */
#ifndef MEMCTL_BUS_COMPACT_H
#define MEMCTL_BUS_COMPACT_H

#include <systemd/sd-bus.h>

int bus_compact(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
