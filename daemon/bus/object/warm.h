/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetWarmReserve and SetWarmReserve.
 */
#ifndef MEMCTL_BUS_WARM_H
#define MEMCTL_BUS_WARM_H

#include <systemd/sd-bus.h>

int bus_get_warm_reserve(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_set_warm_reserve(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
