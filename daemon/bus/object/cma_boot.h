/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.CmaBoot, RecordCma, ApplyCmaBoot and RevertCmaBoot.
 */
#ifndef MEMCTL_BUS_OBJECT_CMA_BOOT_H
#define MEMCTL_BUS_OBJECT_CMA_BOOT_H

#include <systemd/sd-bus.h>

int bus_cma_boot(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_record_cma(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_apply_cma_boot(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_revert_cma_boot(sd_bus_message *m, void *userdata, sd_bus_error *error);

#endif
