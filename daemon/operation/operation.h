/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All that can be done to memory, a row an operation: from what was asked, or from what a memctld that died
 * left behind, to a job. To add one, see CONTRIBUTING.md.
 */
#ifndef MEMCTL_OPERATION_OPERATION_H
#define MEMCTL_OPERATION_OPERATION_H

#include "daemon/job/registry.h"
#include "daemon/operation/blocks/request.h"

/*
 * Starts a job. -EBUSY with *message set when another running job, of this memctld or another, works on one
 * of its blocks, -EOPNOTSUPP when the tree is not the running machine's, -EACCES without the right to write
 * to it, -EMFILE when too many jobs run at once.
 */
int operation_start(struct registry *registry, struct machine *machine,
                    const struct operation_request *request, struct job **ret, char **message);

/*
 * Begins a job for each journal of a memctld that died: to put back what it had begun, or to go on, where
 * that was asked (then, or by go_on now). What it finds is said on stderr.
 */
void operation_recover(struct registry *registry, struct machine *machine, bool go_on);

/* To be told of each change of a job: says on stderr how one ended in which a memctld had died. */
void operation_say_end(const struct job *job);

/* Whether a running job takes the block offline, brings it online or ejects it. */
bool operation_has_block(const struct registry *registry, const struct machine *machine, uint32_t block);

/* What a job does. */
enum job_verb operation_verb(const struct job *job);

#endif
