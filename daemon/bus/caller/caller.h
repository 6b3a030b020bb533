/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who calls, and how much he may have at a time.
 */
#ifndef MEMCTL_BUS_CALLER_H
#define MEMCTL_BUS_CALLER_H

#include "basic/command.h"
#include "daemon/bus/context/callers.h"
#include "daemon/core/quota.h"

#include <stdint.h>
#include <systemd/sd-bus.h>

struct server;

/* How many of them. */
extern const struct quota_limit caller_limits[_CALLER_HAS_MAX];

/*
 * The sender's uid; on the private connection 0: who started us may do there what the kernel lets him. Asks
 * the bus at the sender's first call only: whoever waits for an answer of the bus takes in all that comes
 * before it. 0 or -errno.
 */
int caller_uid(struct server *server, sd_bus_message *m, uint32_t *ret);

/* The sender's process, as others are to see it; pid 0 and "": not known, as on the private connection. */
void caller_process(struct server *server, sd_bus_message *m, uint32_t *ret_pid,
                    char command[static COMMAND_SIZE]);

/* Counts one for the sender, until quota_give(). 0, or -errno with error set, Busy where he has too many. */
int caller_take(struct server *server, sd_bus_message *m, enum caller_has what, struct quota_claim *claim,
                sd_bus_error *error);

#endif
