/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where pages go that are moved: a cgroup whose cpuset has one node, for the processes on whose behalf the
 * kernel moves them.
 */
#ifndef MEMCTL_CORE_NODE_CGROUP_H
#define MEMCTL_CORE_NODE_CGROUP_H

#include "basic/cleanup.h"

#include <stdint.h>

struct node_cgroup;

/* 0, or -errno with *message set: why the kernel, or who runs memctld, does not let it choose. Touches
 * nothing. */
int node_cgroup_check(char **message);

/*
 * Makes the cgroup, which may wait for other changes of cgroups (placing.h does not); id tells it from
 * others of this process. Fails with *message set: -EOPNOTSUPP as above, -ERANGE for a node without memory
 * that memctld may use.
 */
int node_cgroup_new(int node, uint32_t id, struct node_cgroup **ret, char **message);

/* Waits a moment for the processes in it to be gone; where one is not, the next memctld's first cgroup
 * clears it. */
struct node_cgroup *node_cgroup_free(struct node_cgroup *group);
DEFINE_CLEANUP(struct node_cgroup *, node_cgroup_free)

/* For a process that is to enter it: what node_cgroup_enter() takes. */
int node_cgroup_fd(const struct node_cgroup *group);

/* From now on what this process has moved goes to the node. May wait for other changes of cgroups. 0 or
 * -errno. */
int node_cgroup_enter(int fd);

#endif
