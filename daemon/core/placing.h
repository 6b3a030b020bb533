/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cgroups of one node for a loop: whoever makes or removes one may wait for all other changes of cgroups, so
 * threads do both.
 */
#ifndef MEMCTL_CORE_PLACING_H
#define MEMCTL_CORE_PLACING_H

#include "daemon/core/node_cgroup.h"

#include <systemd/sd-event.h>

struct placing;

/* The cgroup is the handler's; with an error, as of node_cgroup_new() or -ETIMEDOUT, it is NULL, and message
 * says why. */
typedef void (*placing_done_t)(void *userdata, int error, const char *message, struct node_cgroup *group);

/* Starts to make a cgroup. done is called once, from the loop; the placing may be freed from within. 0 or
 * -errno. */
int placing_new(sd_event *event, int node, uint32_t id, placing_done_t done, void *userdata,
                struct placing **ret);

/* Gives up what is not done yet: what is made all the same is removed at once. */
struct placing *placing_free(struct placing *placing);
DEFINE_CLEANUP(struct placing *, placing_free)

/* As node_cgroup_free(), but does not wait for its end. NULL is nothing. */
void placing_end(struct node_cgroup *group);

#endif
