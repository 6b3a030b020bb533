/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps a snapshot of the running machine true by the kernel's uevents (libudev), without polling.
 *
 * An event names a block, which is read again. In one round of the loop only so many events are taken and so
 * many blocks read, the rest in the rounds after it: a machine may bring 100,000 blocks online at once.
 *
 * What an event does not tell is covered so: a block that is being added gets its node and firmware_node
 * only after its "add" event, so nodes and DIMMs are read again for a short while (one-shot timers, 0.1, 1
 * and 10 seconds after the last add). valid_zones of offline blocks depends on their neighbours, so they are
 * read again after any event. A block in a passing state (going-offline) is read again at each question,
 * because a failed offlining ends without an event. Lost events (ENOBUFS) cause a whole read. On a machine
 * of more than 1024 blocks a whole read, and one of nodes and DIMMs, goes on beside the loop, in a thread.
 */
#ifndef MEMCTL_MACHINE_MONITOR_H
#define MEMCTL_MACHINE_MONITOR_H

#include "daemon/machine/monitor_change.h"
#include "daemon/machine/snapshot.h"

#include <systemd/sd-event.h>

struct monitor;

/*
 * Reads the first snapshot and, when the tree is live, starts to follow events on the given loop: listening
 * starts before the read, so that nothing falls between. The tree must outlive the monitor.
 */
int monitor_new(struct tree *tree, sd_event *event, struct monitor **ret, char **message);
struct monitor *monitor_free(struct monitor *monitor);
DEFINE_CLEANUP(struct monitor *, monitor_free)

void monitor_set_handler(struct monitor *monitor, monitor_handler_t handler, void *userdata);

/*
 * The snapshot, brought up to date once in a round of the loop: events that have arrived are taken, and what
 * they cannot tell (see above) is read, as far as it is not too much for a round. Valid until the loop runs
 * again.
 */
struct snapshot *monitor_snapshot(struct monitor *monitor);

/* What an event says, with the kernel's word for it ("add", "remove", "online"): for who listens, and for
 * tests. */
void monitor_take_event(struct monitor *monitor, const char *action, uint32_t number);

/* Bytes of a block: the same as long as the machine runs, and read without bringing anything up to date. */
uint64_t monitor_block_size(const struct monitor *monitor);

#endif
