/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /proc/allocinfo (Linux 6.10, where it is built in and switched on): which places in the kernel hold most
 * memory.
 */
#ifndef MEMCTL_PAGES_ALLOCINFO_H
#define MEMCTL_PAGES_ALLOCINFO_H

#include "daemon/machine/tree.h"

#include <stddef.h>
#include <stdint.h>

#define ALLOCATIONS_MAX 10

struct allocation {
        char place[160]; /* "mm/slub.c:2425 func:alloc_slab_page" */
        uint64_t bytes;
};

struct allocation_list {
        struct allocation
                items[ALLOCATIONS_MAX]; /* descending by bytes; places that hold nothing left out */
        size_t n_items;
};

/* 0; -errno when there is no such file (-ENOENT), or it is none that we can read (-EBADMSG). */
int allocinfo_read(struct tree *tree, struct allocation_list *ret);

#endif
