/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The answer of Dimm.Plan, which takes a while: the pages are counted first.
 */
#ifndef MEMCTL_BUS_PLAN_H
#define MEMCTL_BUS_PLAN_H

#include "daemon/operation/blocks/request.h"
#include "daemon/plan/range.h"

#include <systemd/sd-bus.h>

struct server;

/*
 * Answers m, later, with the plan to take blocks offline and eject dimm (NULL: not), as the options
 * say. full: processes are named, and what disturbs others is done to find out more. Positive, or -errno,
 * with error set for some.
 */
int plan_answer(struct server *server, sd_bus_message *m, const struct block_set *blocks, const char *dimm,
                const struct offline_options *options, bool full, sd_bus_error *error);

#endif
