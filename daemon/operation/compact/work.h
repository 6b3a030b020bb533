/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compaction, for operation.c: the verb compact.
 */
#ifndef MEMCTL_OPERATION_COMPACT_WORK_H
#define MEMCTL_OPERATION_COMPACT_WORK_H

#include "daemon/job/job.h"
#include "daemon/journal/journal.h"
#include "daemon/operation/blocks/request.h"

extern const struct job_operation compact_operation;

/* The work of a job. found is NULL: a compaction that was interrupted leaves nothing. 0 or -ENOMEM. */
int compact_new(struct machine *machine, const struct operation_request *request,
                struct journal_found *found, bool go_on, void **ret);

#endif
