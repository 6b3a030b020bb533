/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is free in the page allocator, by zone and by the order of the pieces: /proc/buddyinfo. Pages in the
 * lists of CPUs are not in it.
 */
#ifndef MEMCTL_MACHINE_BUDDY_H
#define MEMCTL_MACHINE_BUDDY_H

#include "daemon/machine/tree.h"

#include <stddef.h>

/* More orders than any page allocator has: 11 in most kernels. */
#define BUDDY_ORDERS_MAX 32

struct buddy_zone {
        int node;
        char name[16];                   /* "Normal" */
        uint64_t free[BUDDY_ORDERS_MAX]; /* pieces of 2^order pages */
};

struct buddy {
        unsigned int n_orders;    /* the same for all zones; not 0 */
        struct buddy_zone *zones; /* as listed: by node */
        size_t n_zones;           /* not 0 */
};

void buddy_clear(struct buddy *buddy);

/* 0; -EBADMSG with *message set: what is no such text; -ENOMEM. Pure. */
int buddy_parse(const char *text, struct buddy *ret, char **message);

/* Reads the file, for which the kernel takes each zone's lock. Errors as above, or -errno with *message set.
 */
int buddy_read(const struct tree *tree, struct buddy *ret, char **message);

/* Adds up the pieces of all zones of a node; -1: of all nodes. False: no zone is of that node. */
bool buddy_add_up(const struct buddy *buddy, int node, uint64_t ret[static BUDDY_ORDERS_MAX]);

#endif
