/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has memctl.ko move the pages of its providers out of a range of pfns, in steps that are each bounded. A
 * step blocks until its pages are moved: it is for a worker, not for the loop.
 */
#ifndef MEMCTL_JOB_EVACUATE_H
#define MEMCTL_JOB_EVACUATE_H

#include <netlink/msg.h>
#include <stdbool.h>
#include <stdint.h>

#define EVACUATE_NODE_ANY (-1)

/* What is to be evacuated, and how far that is. */
struct evacuation {
        uint64_t start_pfn, end_pfn; /* end_pfn: the first that is not in the range */
        int node;                    /* where the pages go; EVACUATE_NODE_ANY: near where they are */
        uint64_t next_pfn;           /* all below is done; to begin with, start_pfn */
        uint64_t moved, failed;      /* pages, so far */
};

/*
 * One request to memctl.ko. 0, with next_pfn, moved and failed as they are then; a signal may have ended it
 * before it got anywhere. -errno with *message set, and nothing changed: -EOPNOTSUPP without the module,
 * -EPERM, -EINVAL and -ERANGE as in uapi/memctl.h, -EBADMSG for an answer that makes no sense.
 */
int evacuate_step(struct evacuation *evacuation, char **message);

/* The answer to such a request. 0, or -EBADMSG with *message set and nothing changed. */
int evacuate_parse(struct nlmsghdr *header, struct evacuation *evacuation, char **message);

/* Called after each step. False: enough, the caller wants to stop. */
typedef bool (*evacuate_go_on_t)(void *userdata, const struct evacuation *evacuation);
typedef int (*evacuate_step_t)(struct evacuation *evacuation, char **message);

/*
 * Steps (evacuate_step(); tests have their own) until the end of the range. 0; -ECANCELED when go_on said
 * so, -EINTR when signals kept it from getting on, or a step's error, each with *message set. What was moved
 * by then is moved, and counted. Pages that failed are no error.
 */
int evacuate_range(struct evacuation *evacuation, evacuate_step_t step, evacuate_go_on_t go_on,
                   void *userdata, char **message);

#endif
