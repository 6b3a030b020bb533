/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes to sysfs from a process of its own. A write of "offline" may take for ever and only a signal ends
 * it, so it must not be this process that sits in it: the worker is killed instead, and once it is gone, so
 * is its write.
 */
#ifndef MEMCTL_JOB_WORKER_H
#define MEMCTL_JOB_WORKER_H

#include "basic/cleanup.h"

#include <stdbool.h>
#include <systemd/sd-event.h>

struct worker;

/*
 * Called from the loop when a write is over. error: 0, the -errno of the write, -EINTR when the worker was
 * ended by worker_end(), -EIO when it died otherwise. What the write did before that is for the caller to
 * read from sysfs. A new write may be started from within.
 */
typedef void (*worker_done_t)(void *userdata, int error);

/* SIGCHLD must be blocked (sd_event_add_child). The process starts with the first write. */
int worker_new(sd_event *event, worker_done_t done, void *userdata, struct worker **ret);

/* Ends the process, if there is one, and waits until it is gone; done is not called. */
struct worker *worker_free(struct worker *worker);
DEFINE_CLEANUP(struct worker *, worker_free)

/* Writes value to the absolute path. 0, -EBUSY when a write is under way, or why none could be started. */
int worker_write(struct worker *worker, const char *path, const char *value);

/* Ends a write under way; done is called once the process is gone. Nothing happens when there is none. */
void worker_end(struct worker *worker);

bool worker_is_busy(const struct worker *worker);

/* The worker's own main(): serves writes asked for on fd until the other end is closed. Exit status. */
int worker_main(int fd);

#endif
