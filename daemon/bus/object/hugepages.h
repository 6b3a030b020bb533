/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ReserveHugepages.
 */
#ifndef MEMCTL_BUS_HUGEPAGES_H
#define MEMCTL_BUS_HUGEPAGES_H

#include <systemd/sd-bus.h>

int bus_reserve_hugepages(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
