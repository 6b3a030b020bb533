/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tells when a fence falls that somebody still wants: nobody asks it anything while blocks go offline.
 */
#ifndef MEMCTL_MODULE_FENCE_WATCH_H
#define MEMCTL_MODULE_FENCE_WATCH_H

#include "daemon/module/fence.h"

#include <systemd/sd-event.h>

struct fence_watch;

/* Called from the loop for each fence of this machine that falls, whoever raised it. The watch may be freed
 * from within. */
typedef void (*fence_watch_fell_t)(void *userdata, const struct fence_state *fence,
                                   enum memctl_fence_cause cause);

/*
 * Listens from a moment later on: the kernel is asked beside the loop. 0; -EOPNOTSUPP without a module; or
 * another -errno. A module that tells of no events is not told of here.
 */
int fence_watch_new(sd_event *event, const struct tree *tree, fence_watch_fell_t fell, void *userdata,
                    struct fence_watch **ret);
struct fence_watch *fence_watch_free(struct fence_watch *watch);
DEFINE_CLEANUP(struct fence_watch *, fence_watch_free)

#endif
