/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages of drivers that memctl.ko knows (providers) leave blocks in large rounds, so that a driver cleans
 * its device's caches once for tens of thousands of pages. Left to the fence, or to the VM, they would go in
 * as many rounds as there are pieces, among all others.
 *
 * This blocks (for as long as the pages take to move): it is for a worker, not for the loop.
 */
#ifndef MEMCTL_MODULE_EVACUATE_H
#define MEMCTL_MODULE_EVACUATE_H

#include <netlink/msg.h>
#include <stdint.h>

/* A piece of work, and how far it is. */
struct evacuation {
        uint64_t start, end;    /* pfns; nothing moves to a page in between */
        uint64_t next;          /* all below is done; to begin with, start */
        uint32_t pages_max;     /* to ask each driver for in one step, at least 1 */
        uint64_t moved, failed; /* pages, so far */
};

/* One step. 0; -EOPNOTSUPP without a module; else -errno; each with *message set (NULL when memory is
 * short). */
int evacuate_step(struct evacuation *evacuation, char **message);

/* A message of the answer, which counts from the beginning of a step. 0, or -EBADMSG with *message set. */
int evacuate_parse(struct nlmsghdr *header, const struct evacuation *before, struct evacuation *ret,
                   char **message);

#endif
