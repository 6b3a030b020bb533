/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does from a process of its own what blocks: writes to sysfs, and moving pages behind fences. A write of
 * "offline" may take for ever and only a signal ends it, so it must not be this process that sits in it: the
 * worker is killed instead, and once it is gone, so is its write, and so are its fences.
 */
#ifndef MEMCTL_WORKER_WORKER_H
#define MEMCTL_WORKER_WORKER_H

#include "daemon/core/node_cgroup.h"
#include "daemon/module/evacuate.h"
#include "daemon/module/fence.h"

#include <stdbool.h>
#include <systemd/sd-event.h>

struct worker;

/* What is said of work: of a write, its error and its CPU time. */
struct worker_answer {
        int32_t error;
        struct fence_hold hold; /* as it was asked for, and how far it is now */
        struct evacuation evacuation;   /* likewise */
        uint64_t held;          /* pages, by all fences of this worker */
        uint64_t cpu_usec;      /* that this piece of work has taken */
        char message[256];      /* for people, of an error; "" where there is nothing to say */
};

/*
 * Called from the loop when a piece of work is over. error: 0, its -errno, -EINTR when the worker was ended
 * by worker_end(), -EIO when it died otherwise. What it did before that is for the caller to read from
 * sysfs; answer is NULL then. New work may be given from within.
 */
typedef void (*worker_done_t)(void *userdata, int error, const struct worker_answer *answer);

/* SIGCHLD must be blocked (sd_event_add_child). The process starts with the first work. */
int worker_new(sd_event *event, worker_done_t done, void *userdata, struct worker **ret);

/* Ends the process, if there is one; done is not called. Only one that waits in the kernel is still there
 * then. */
struct worker *worker_free(struct worker *worker);
DEFINE_CLEANUP(struct worker *, worker_free)

/*
 * The processes that do the work from now on have what they move placed there (borrowed; NULL: anywhere).
 * One that is there is ended, and its work with it.
 */
void worker_place(struct worker *worker, const struct node_cgroup *node_cgroup);

/* Writes value to the absolute path. 0, -EBUSY when work is under way, or why none could be started. */
int worker_write(struct worker *worker, const char *path, const char *value);

/*
 * The same with fences; hold->start and hold->end (pfns) say which one is meant. The worker's fences are as
 * many as were raised, and fall with its process. Raising and giving back leave the rest of hold alone.
 */
enum worker_fencing { WORKER_RAISE, WORKER_HOLD, WORKER_GIVE_BACK, WORKER_EVACUATE };

int worker_fence(struct worker *worker, enum worker_fencing what, const struct fence_hold *hold);

/* A step of moving drivers' pages. Likewise. */
int worker_evacuate(struct worker *worker, const struct evacuation *evacuation);

/* Ends work under way; done is called once the process is gone. Nothing happens when there is none. */
void worker_end(struct worker *worker);

bool worker_is_busy(const struct worker *worker);

/* The worker's own main(): does what is asked for on fd until the other end is closed. Exit status. */
int worker_main(int fd, int cgroup_fd);

/* Between both ends: worker.c asks, worker_main.c does. */
struct worker_request {
        bool write;               /* else fence */
        enum worker_fencing what;
        struct fence_hold hold;
        struct evacuation evacuation;
        char path[512];
        char value[32];
};

#endif
