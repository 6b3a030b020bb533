/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge pages for a pool, for operation.c: the verb hugepages-reserve.
 */
#ifndef MEMCTL_OPERATION_HUGEPAGES_WORK_H
#define MEMCTL_OPERATION_HUGEPAGES_WORK_H

#include "daemon/job/job.h"
#include "daemon/journal/journal.h"
#include "daemon/operation/blocks/request.h"

extern const struct job_operation hugepages_operation;

/* The work of a job. found: NULL, or of a memctld that died, which is taken over. 0 or -errno. */
int hugepages_new(struct machine *machine, const struct operation_request *request,
                  struct journal_found *found, bool go_on, void **ret);

#endif
