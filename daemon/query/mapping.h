/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks for the processes that map pages, no longer than it may. A helper does: to look into a process is to
 * wait for whoever holds its address space, and that may be a page fault that a FUSE server does not answer.
 */
#ifndef MEMCTL_QUERY_MAPPING_H
#define MEMCTL_QUERY_MAPPING_H

#include "daemon/machine/machine.h"
#include "daemon/pages/mapper.h"

struct mapping_task;

/* Called once, from the loop; the task, which has the mapper with what was found, may be freed from within.
 */
typedef void (*mapping_done_t)(void *userdata, const struct mapper *mapper, bool complete);

/*
 * complete is false when the time (microseconds) was too short, or not all processes could be looked into
 * (one that lets nobody look for a second is passed over): then there may be more than were found. 0 or
 * -errno.
 */
int mapping_task_new(struct machine *machine, const struct mapper_target *targets, size_t n_targets,
                     uint64_t usec, mapping_done_t done, void *userdata, struct mapping_task **ret);
struct mapping_task *mapping_task_free(struct mapping_task *task);
DEFINE_CLEANUP(struct mapping_task *, mapping_task_free)

#endif
