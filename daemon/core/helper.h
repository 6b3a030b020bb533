/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A function that may wait for the kernel, a disk or another process, called in a process of its own, so
 * that the loop does not wait with it. That process is a copy of this one (fork): the request is any struct,
 * read where it lies, and changes to it stay there. It is killed when it takes too long, and dies with the
 * daemon.
 */
#ifndef MEMCTL_CORE_HELPER_H
#define MEMCTL_CORE_HELPER_H

#include "daemon/core/helper_task.h"

#include <stdbool.h>
#include <systemd/sd-event.h>

/* So many at a time, with those that were killed and are not gone: they wait in the kernel. */
#define HELPERS_MAX 64

struct helper;

/* How it ended. Valid during the call. */
struct helper_result {
        int error;                    /* of work(); -ETIMEDOUT: it was killed; -EIO: it died otherwise */
        const char *message;          /* for people, or NULL */
        struct packet_reader *answer; /* with an error: what helper_tell() told last, or NULL */
        uint64_t step;                /* of the last helper_gets_on(); 0: none */
};

/* Called once, from the loop; the helper may be freed from within. */
typedef void (*helper_done_t)(void *userdata, const struct helper_result *result);

/* The request must live until the helper is freed. 0; -EBUSY when there are too many; -errno. */
int helper_new(sd_event *event, const struct helper_task *task, void *request, helper_done_t done,
               void *userdata, struct helper **ret);

/* Kills it, if it still runs, and does not wait for its end; done is not called. */
struct helper *helper_free(struct helper *helper);
DEFINE_CLEANUP(struct helper *, helper_free)

/*
 * Kills a child of ours that is no helper, and does not wait for its end longer than a few milliseconds; it
 * is reaped when it is gone. SIGCHLD need not be blocked.
 */
void helper_leave_behind(sd_event *event, pid_t pid);

/*
 * Waits, at most that long, until all that were killed are gone and what they did is undone: for the
 * daemon's end, when the loop is over. True: they are.
 */
bool helpers_are_gone(uint64_t usec);

#endif
