/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose job it is that runs, for as long as it does: each user may have so many.
 */
#ifndef MEMCTL_BUS_JOB_OWNER_H
#define MEMCTL_BUS_JOB_OWNER_H

#include "daemon/operation/operation.h"

#include <systemd/sd-bus.h>

struct server;

/*
 * Starts the job for the sender of m. 0 and the job; or -errno, with error set when the sender has too many
 * (Busy), else with *message as registry_start().
 */
int job_owner_start(struct server *server, sd_bus_message *m, const struct operation_request *request,
                    struct job **ret, char **message, sd_bus_error *error);

/* The job is over, whosever it was. */
void job_owner_forget(struct server *server, uint32_t id);
void job_owner_forget_all(struct server *server);

#endif
