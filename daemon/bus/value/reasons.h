/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reasons in an answer, as much of them as the caller may know.
 */
#ifndef MEMCTL_BUS_REASONS_H
#define MEMCTL_BUS_REASONS_H

#include "daemon/plan/reason.h"

#include <systemd/sd-bus.h>

/* How much of a reason is told: docs/rights.md. */
enum reason_detail {
        REASONS_PUBLIC,  /* to everybody: how many pages, and how many processes */
        REASONS_COUNTED, /* and whose pages: the action inspect */
        REASONS_NAMED,   /* and which processes: inspect-processes */
};

/* Appends n reasons as aa{sv}. 0 or -errno. */
int request_append_reasons(sd_bus_message *m, const struct reason *reasons, size_t n,
                           enum reason_detail detail);

#endif
