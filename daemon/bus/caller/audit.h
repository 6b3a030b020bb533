/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who had memory taken offline or online, or reserved, or changed a setting, and what became of it: in the
 * system's journal, each line with fields and a message id (docs/bus.md lists them). Where there is no
 * journald, nothing is written.
 */
#ifndef MEMCTL_BUS_AUDIT_H
#define MEMCTL_BUS_AUDIT_H

#include "daemon/job/job.h"
#include "daemon/module/reservation.h"

#include <systemd/sd-bus.h>

struct server;

/* The job was started, or is cancelled, by who sent the call. */
void audit_start(struct server *server, sd_bus_message *call, const struct job *job);
void audit_cancel(struct server *server, sd_bus_message *call, const struct job *job);

/* Contiguous memory was reserved, or released, for who sent the call; name: "" where it has none. */
void audit_reserve(struct server *server, sd_bus_message *call, const struct reservation *what);
void audit_release(struct server *server, sd_bus_message *call, uint64_t id, const char *name);

/* A job of a memctld that died was taken over. */
void audit_recovered(const struct job *job);

/* The setting of contiguous memory for the boot loader was written, or (applied false) taken back. */
void audit_boot(struct server *server, sd_bus_message *call, bool applied, const char *loader,
                const char *parameters);

/* What memctld compacts by itself was set; node: -1 for all. settings: KEY=VALUE, with spaces between. */
void audit_policy(struct server *server, sd_bus_message *call, int node, const char *settings);

/* What memctld does about new memory was set; settings: the section and KEY=VALUE, with spaces between. */
void audit_online_policy(struct server *server, sd_bus_message *call, const char *settings);

/* The warm reserve was set; node: -1 for any. */
void audit_warm(struct server *server, sd_bus_message *call, int node, uint64_t bytes);

/* The job is finished; what could not be put back is an error, a line a block. */
void audit_end(const struct job *job);

#endif
