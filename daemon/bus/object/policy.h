/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetCompactionPolicy and SetCompactionPolicy.
 */
#ifndef MEMCTL_BUS_OBJECT_POLICY_H
#define MEMCTL_BUS_OBJECT_POLICY_H

#include <systemd/sd-bus.h>

int bus_get_compaction_policy(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_set_compaction_policy(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
