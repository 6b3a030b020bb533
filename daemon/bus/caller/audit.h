/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who had memory taken offline or online, and what became of it: in the system's journal, each line with
 * fields and a message id (docs/bus.md lists them). Where there is no journald, nothing is written.
 */
#ifndef MEMCTL_BUS_AUDIT_H
#define MEMCTL_BUS_AUDIT_H

#include "daemon/job/job.h"

#include <systemd/sd-bus.h>

struct server;

/* The job was started, or is cancelled, by who sent the call. */
void audit_start(struct server *server, sd_bus_message *call, const struct job *job);
void audit_cancel(struct server *server, sd_bus_message *call, const struct job *job);

/* A job of a memctld that died was taken over. */
void audit_recovered(const struct job *job);

/* The job is finished; what could not be put back is an error, a line a block. */
void audit_end(const struct job *job);

#endif
