/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetOnlinePolicy and SetOnlinePolicy.
 */
#ifndef MEMCTL_BUS_OBJECT_ONLINE_H
#define MEMCTL_BUS_OBJECT_ONLINE_H

#include <systemd/sd-bus.h>

int bus_get_online_policy(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_set_online_policy(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
