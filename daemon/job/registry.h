/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All jobs of the daemon: gives out their numbers, keeps two from working on one block, remembers the
 * finished ones for a while.
 */
#ifndef MEMCTL_JOB_REGISTRY_H
#define MEMCTL_JOB_REGISTRY_H

#include "daemon/job/job.h"

/* Finished jobs kept. */
#define REGISTRY_FINISHED_MAX 64

struct registry;

typedef void (*registry_handler_t)(void *userdata, struct job *job, bool is_new, bool is_gone);

int registry_new(struct machine *machine, registry_handler_t handler, void *userdata, struct registry **ret);
struct registry *registry_free(struct registry *registry);
DEFINE_CLEANUP(struct registry *, registry_free)

/*
 * Starts a job. -EBUSY with *message set when another running job, of this memctld or another, has one of its blocks, -EOPNOTSUPP when
 * the tree is not the running machine's, -EMFILE when too many jobs run at once.
 */
int registry_start(struct registry *registry, const struct job_request *request, struct job **ret,
                   char **message);

/*
 * Begins a job for each journal of a memctld that died: to put back what it had begun, or to go on, where that was
 * asked for then or is now. Says on stderr what it has found, journals that are not as they should be included. Done
 * again whenever a job is started.
 */
void registry_recover(struct registry *registry, bool go_on);

/* Whether a running job has the block. */
bool registry_has_block(const struct registry *registry, uint32_t block);

struct job *registry_find(struct registry *registry, uint32_t id);
size_t registry_count(const struct registry *registry);
size_t registry_count_running(const struct registry *registry);
/* index < registry_count(), ascending by id. */
struct job *registry_get(const struct registry *registry, size_t index);

/* Cancels every job that can be. */
void registry_cancel_all(struct registry *registry);

#endif
