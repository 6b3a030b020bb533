/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much room for more the machine has, by node: /proc/zoneinfo, /proc/meminfo, the nodes' pools of huge
 * pages.
 */
#ifndef MEMCTL_MACHINE_HEADROOM_H
#define MEMCTL_MACHINE_HEADROOM_H

#include "daemon/machine/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All in pages of the base size. */
struct headroom_zone {
        int node;
        enum zone zone;
        uint64_t free;        /* those of CPUs' own lists not counted */
        uint64_t high;        /* the high watermark: up to it the kernel reclaims, once it has begun to */
        uint64_t protection;  /* kept from pages that could as well be in a higher zone (lowmem_reserve), */
        uint64_t protection_kernel; /* and from those of them that may not be in zone Movable */
        uint64_t file_cache;  /* page cache on the LRU lists */
        uint64_t write_pending; /* of it dirty or under writeback */
};

/* The pool of huge pages of one size on a node. */
struct headroom_huge {
        int node;
        uint64_t size;        /* bytes of a huge page */
        uint64_t total, free; /* huge pages */
};

/* Huge pages of one size, of the whole machine, that are free but promised to mappings. */
struct headroom_promise {
        uint64_t size;  /* bytes of a huge page */
        uint64_t pages; /* huge pages */
};

struct headroom {
        bool known;              /* zones are; false where /proc/zoneinfo cannot be read, or a
                                    tree's page size not be told */
        struct headroom_zone
                *zones; /* ascending by node, then as the kernel lists them; only those with pages */
        size_t n_zones;
        struct headroom_huge *huge;  /* ascending by node, then size */
        size_t n_huge;
        struct headroom_promise *promises; /* ascending by size; only those that are not 0 */
        size_t n_promises;
        uint64_t swap_free;      /* pages; 0 where not known */
        uint64_t available;      /* MemAvailable in pages; UINT64_MAX where not known */
};

/* 0, or -ENOMEM. What cannot be read is left out, or not known. */
int headroom_read(struct tree *tree, struct headroom *ret);
void headroom_clear(struct headroom *room);

#endif
