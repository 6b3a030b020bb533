/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bringing blocks online, for operation.c: the verbs block-online, dimm-online and node-online.
 */
#ifndef MEMCTL_OPERATION_ONLINE_WORK_H
#define MEMCTL_OPERATION_ONLINE_WORK_H

#include "daemon/job/job.h"
#include "daemon/journal/journal.h"
#include "daemon/operation/blocks/request.h"

extern const struct job_operation online_operation;

/* The work of a job; as offline_new(), but a job in which a memctld died always goes back. */
int online_new(struct machine *machine, const struct operation_request *request, struct journal_found *found,
               bool go_on, void **ret);

#endif
