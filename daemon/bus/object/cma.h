/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListCmaAreas and Manager.GetCmaArea, which have the areas looked at that are objects.
 */
#ifndef MEMCTL_BUS_OBJECT_CMA_H
#define MEMCTL_BUS_OBJECT_CMA_H

#include <systemd/sd-bus.h>

int bus_list_cma_areas(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_get_cma_area(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
