/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMCTL_TESTS_UNIT_OFFLINE_WORLD_H
#define MEMCTL_TESTS_UNIT_OFFLINE_WORLD_H

#include "daemon/plan/offline.h"

#define PAGE             UINT64_C(4096)
#define BLOCK_PAGES      32768
#define WORLD_BLOCKS_MAX 100

#define MOVABLE ((zone_list_t) ZONE_MOVABLE)
#define NORMAL  ((zone_list_t) ZONE_NORMAL)

/* A machine and a request about some of its blocks. */
struct world {
        struct memory_block blocks[WORLD_BLOCKS_MAX];
        struct snapshot snapshot;
        uint32_t asked[WORLD_BLOCKS_MAX];
        struct block_usage usage[WORLD_BLOCKS_MAX];
        struct dimm dimm;
        struct headroom_zone zones[2]; /* Movable, Normal */
        struct headroom room;
        struct offline_request request;
};

/*
 * Of n_blocks blocks, at most WORLD_BLOCKS_MAX: numbers from 0, online and movable, and room for all there
 * is in them. Nothing is asked for. It points into itself: it stays where it is.
 */
void world_init(struct world *world, size_t n_blocks);

/* That block, too, with so many pages in use, of BLOCK_PAGES. */
void ask(struct world *world, uint32_t number, uint64_t in_use);

#endif
