/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is in a block, and how much room the machine has: /proc/kpageflags, /proc/meminfo, /proc/vmstat.
 */
#ifndef MEMCTL_PAGES_USAGE_H
#define MEMCTL_PAGES_USAGE_H

#include "daemon/machine/tree.h"
#include "uapi/memctl.h"

#include <stdint.h>

/* Orders that are told apart: up to 16 GiB in pages of 4 KiB. What is larger counts as the last. */
#define USAGE_ORDERS 24U

struct block_usage {
        uint32_t number;
        bool known;            /* false: this kernel or this user cannot read kpageflags */
        uint64_t pages_in_use; /* neither free in the buddy allocator, nor a hole, nor offline, nor poisoned
                                */
        uint64_t pages_free;
        uint64_t pages_huge[USAGE_ORDERS]; /* of those in use: huge pages of hugetlbfs, by their order */
        uint64_t pages_file; /* of those in use: page cache on the LRU lists */
        uint64_t pages_bad;  /* poisoned: they stay behind, and once offline the block does not come back */
};

/*
 * Counts the pages of one block. Time is proportional to the block: about 30 ns a page. Free pages that a
 * CPU keeps in its own lists count as in use: kpageflags cannot tell them. Returns 0, also when not known;
 * -ENOMEM.
 */
int block_usage_read(struct tree *tree, uint64_t block_size, uint32_t number, struct block_usage *ret);

/*
 * Counts pages of a class (MEMCTL_CLASS_UNSPEC: absent ones) and order into a usage, as block_usage_read()
 * does.
 */
void block_usage_add(struct block_usage *usage, enum memctl_class class, unsigned int order, uint64_t pages);

/* The largest order that the page allocator has, on nearly all machines. */
#define BUDDY_ORDER_MAX 10U

struct memory_room {
        bool known;
        uint64_t
                available_bytes; /* MemAvailable: free above the watermarks, and cache that can be dropped */
};

void memory_room_read(struct tree *tree, struct memory_room *ret);

/* Bytes of pages that the kernel has put away as bad (hwpoison), of the whole machine; -1 where it does not
 * tell. */
int64_t corrupted_bytes_read(struct tree *tree);

/* Whether the machine swaps, by /proc/swaps. */
bool swap_is_on(struct tree *tree);

/* pgmigrate_success of /proc/vmstat: pages moved since boot, by anybody; 0 where it is missing. */
uint64_t pages_migrated_read(struct tree *tree);

#endif
