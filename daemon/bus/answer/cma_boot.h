/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.CmaBoot and the methods that change the boot setting: their answer.
 */
#ifndef MEMCTL_BUS_ANSWER_CMA_BOOT_H
#define MEMCTL_BUS_ANSWER_CMA_BOOT_H

#include "daemon/query/cma_boot_report.h"

#include <systemd/sd-bus.h>

/* Appends a{sv}. full: with the kernel's lines, in which there are addresses. 0 or -errno. */
int cma_boot_append(sd_bus_message *m, const struct cma_boot_report *report, const char *device_tree,
                    bool full);

#endif
