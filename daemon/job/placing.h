/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where pages go that are moved: a cgroup whose cpuset has one node, for the processes on whose behalf the
 * kernel moves them.
 */
#ifndef MEMCTL_JOB_PLACING_H
#define MEMCTL_JOB_PLACING_H

#include "basic/cleanup.h"

#include <stdint.h>
#include <sys/types.h>

struct placing;

/* 0, or -errno with *message set: why the kernel, or who runs memctld, does not let it choose. Touches
 * nothing. */
int placing_check(char **message);

/*
 * Makes the cgroup; id tells it from others of this process. Fails with *message set: -EOPNOTSUPP as above,
 * -ERANGE for a node without memory that memctld may use.
 */
int placing_new(int node, uint32_t id, struct placing **ret, char **message);

/* Once the processes in it are gone. */
struct placing *placing_free(struct placing *placing);
DEFINE_CLEANUP(struct placing *, placing_free)

/* From now on what this process, a child of ours, has moved goes to the node. 0 or -errno. */
int placing_add(const struct placing *placing, pid_t pid);

#endif
