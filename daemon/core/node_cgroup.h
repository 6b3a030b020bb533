/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where pages go that are moved: a cgroup whose cpuset has one node, for the processes on whose behalf the
 * kernel moves them.
 */
#ifndef MEMCTL_CORE_NODE_CGROUP_H
#define MEMCTL_CORE_NODE_CGROUP_H

#include "basic/cleanup.h"

#include <stdint.h>
#include <sys/types.h>

struct node_cgroup;

/* 0, or -errno with *message set: why the kernel, or who runs memctld, does not let it choose. Touches
 * nothing. */
int node_cgroup_check(char **message);

/*
 * Makes the cgroup; id tells it from others of this process. Fails with *message set: -EOPNOTSUPP as above,
 * -ERANGE for a node without memory that memctld may use.
 */
int node_cgroup_new(int node, uint32_t id, struct node_cgroup **ret, char **message);

/* Once the processes in it are gone. */
struct node_cgroup *node_cgroup_free(struct node_cgroup *group);
DEFINE_CLEANUP(struct node_cgroup *, node_cgroup_free)

/* From now on what this process, a child of ours, has moved goes to the node. 0 or -errno. */
int node_cgroup_add(const struct node_cgroup *group, pid_t pid);

#endif
