/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The answer of Dimm.Plan, which takes a while: the pages are counted first.
 */
#ifndef MEMCTL_BUS_PLAN_H
#define MEMCTL_BUS_PLAN_H

#include "daemon/bus/server.h"

/*
 * Answers m, later, with the plan to take blocks offline and eject dimm (NULL: not), in spite of pages that
 * do not move if it is to be forced. Positive, or -errno, with error set for some.
 */
int plan_answer(struct server *server, sd_bus_message *m, const struct block_set *blocks, const char *dimm,
                bool force, sd_bus_error *error);

#endif
