/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListCmaAreas.
 */
#ifndef MEMCTL_BUS_CMA_H
#define MEMCTL_BUS_CMA_H

#include <systemd/sd-bus.h>

int bus_list_cma_areas(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
