/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the answers of Survey and Why have in common.
 */
#ifndef MEMCTL_BUS_SURVEY_H
#define MEMCTL_BUS_SURVEY_H

#include <stdint.h>
#include <systemd/sd-bus.h>

/* Appends the entry "unknown" to an open a{sv}: the names of classes, given as bits. */
int bus_append_unknown(sd_bus_message *m, uint32_t unknown);

#endif
