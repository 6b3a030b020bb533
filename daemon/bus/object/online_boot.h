/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ApplyOnlineBoot and RevertOnlineBoot.
 */
#ifndef MEMCTL_BUS_OBJECT_ONLINE_BOOT_H
#define MEMCTL_BUS_OBJECT_ONLINE_BOOT_H

#include <systemd/sd-bus.h>

int bus_apply_online_boot(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_revert_online_boot(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
