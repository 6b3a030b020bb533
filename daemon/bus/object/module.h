/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetModule and GetModuleState.
 */
#ifndef MEMCTL_BUS_MODULE_H
#define MEMCTL_BUS_MODULE_H

#include <systemd/sd-bus.h>

int bus_get_module(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_get_module_state(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
