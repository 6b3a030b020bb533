/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListErrorCounts: what EDAC and the kernel know of failing memory.
 */
#ifndef MEMCTL_BUS_FAILING_H
#define MEMCTL_BUS_FAILING_H

#include <systemd/sd-bus.h>

int bus_list_error_counts(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
