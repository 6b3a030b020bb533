/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a whole snapshot beside the loop, in a thread: a large machine takes seconds.
 */
#ifndef MEMCTL_MACHINE_RESCAN_H
#define MEMCTL_MACHINE_RESCAN_H

#include "daemon/machine/snapshot.h"

#include <systemd/sd-event.h>

struct rescan;

/* Called once, from the loop; the snapshot is the handler's, or NULL. It frees the rescan. */
typedef void (*rescan_done_t)(void *userdata, struct snapshot *snapshot);

/* The tree must outlive it. 0 or -errno. */
int rescan_new(sd_event *event, struct tree *tree, rescan_done_t done, void *userdata, struct rescan **ret);

/* Waits for the thread, if it still runs; done is not called. */
struct rescan *rescan_free(struct rescan *rescan);
DEFINE_CLEANUP(struct rescan *, rescan_free)

#endif
