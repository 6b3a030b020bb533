/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListProviders and GetProvider.
 */
#ifndef MEMCTL_BUS_PROVIDER_H
#define MEMCTL_BUS_PROVIDER_H

#include <systemd/sd-bus.h>

int bus_list_providers(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_get_provider(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
