/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may wait for the kernel or a disk, and cannot be left to a helper, for what it makes is to be this
 * process's: a lease, a cgroup that stays open, a socket. A thread does it beside the loop. One that is
 * stuck is left behind with what it works on.
 */
#ifndef MEMCTL_CORE_ASIDE_H
#define MEMCTL_CORE_ASIDE_H

#include "basic/cleanup.h"

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

/* Threads at a time that somebody waits for, or did. */
#define ASIDES_MAX 32

struct aside;

struct aside_task {
        void (*work)(void *what);     /* in the thread, which has what for itself */
        void (*free_what)(void *what); /* by the thread or the loop, whoever is done with it last */
        uint64_t stall_usec;          /* how long it is waited for */
};

/*
 * Called once, from the loop, which has what for itself then, and may take things out of it; it is freed
 * with the aside. What is NULL: it was not done in time. The aside may be freed from within.
 */
typedef void (*aside_done_t)(void *userdata, void *what);

/* Takes what, which must be on the heap, unless it fails: 0; -EBUSY when there are too many; -errno. */
int aside_new(sd_event *event, const struct aside_task *task, void *what, aside_done_t done, void *userdata,
              struct aside **ret);

/* Waits no longer; done is not called. */
struct aside *aside_free(struct aside *aside);
DEFINE_CLEANUP(struct aside *, aside_free)

/* Nobody waits: work() frees what, and is called at once where there is no thread to be had. */
void aside_run(void (*work)(void *what), void *what);

/* Waits, at most that long, until all that aside_run() began is done: for the daemon's end. True: it is. */
bool asides_are_gone(uint64_t usec);

#endif
