/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA areas, what holds their memory and what failed in them, as entries of dictionaries. full: with what is
 * for administrators: processes, their commands, and addresses of pages.
 */
#ifndef MEMCTL_BUS_VALUE_CMA_H
#define MEMCTL_BUS_VALUE_CMA_H

#include "daemon/pages/cma_detail.h"

#include <stdbool.h>
#include <systemd/sd-bus.h>

/* All of these: into an open a{sv}. 0 or -errno. */
int bus_append_cma_totals(sd_bus_message *m, const struct cma_areas *areas);
int bus_append_cma_area(sd_bus_message *m, const struct cma_area *area);
int bus_append_cma_failure(sd_bus_message *m, const struct module_cma_failure *failure, uint64_t page_size,
                           bool full);
int bus_append_cma_detail(sd_bus_message *m, const struct cma_detail *detail, uint64_t page_size, bool full);

#endif
