/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Taking blocks offline and ejecting their DIMM, for operation.c: the verbs block-offline, dimm-offline,
 * node-offline and dimm-eject.
 */
#ifndef MEMCTL_OPERATION_OFFLINE_WORK_H
#define MEMCTL_OPERATION_OFFLINE_WORK_H

#include "daemon/job/job.h"
#include "daemon/journal/journal.h"
#include "daemon/operation/blocks/request.h"

extern const struct job_operation offline_operation;

/*
 * The work of a job: request is copied; found (NULL: a new job) is of a memctld that died in it, taken over;
 * go_on: not back. 0 or -errno.
 */
int offline_new(struct machine *machine, const struct operation_request *request,
                struct journal_found *found, bool go_on, void **ret);

#endif
