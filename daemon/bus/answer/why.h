/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.Why and Dimm.Why: what keeps blocks from going offline.
 */
#ifndef MEMCTL_BUS_WHY_H
#define MEMCTL_BUS_WHY_H

#include "daemon/plan/range.h"

#include <systemd/sd-bus.h>

struct server;

/* Manager.Why, and the same for a DIMM's blocks (why.c); the call has been authorized for the latter, and
 * full: for processes and addresses, too */
int bus_why(sd_bus_message *m, void *userdata, sd_bus_error *error);
int bus_answer_why(struct server *server, sd_bus_message *m, const struct block_set *blocks, bool full,
                   sd_bus_error *error);

#endif
