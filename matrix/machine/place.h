/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where on the machine probes take place: nodes, and memory blocks that may go offline.
 */
#ifndef MEMCTL_MATRIX_MACHINE_PLACE_H
#define MEMCTL_MATRIX_MACHINE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a memory block; 0: this kernel has none. */
uint64_t place_block_size(void);

/* Whether the block is online in zone Movable, and the kernel would try to take it offline. */
bool place_block_may_go(uint64_t block);

#define ZONES_MAX 256
/* Which zone of which node a page is in, as a number from 1 to ZONES_MAX; 0: in none. */
int place_zone(uint64_t pfn);

/* The first block that may, of the machine. False: there is none. */
bool place_any_block(uint64_t *ret);

/* The node where samples are made: one with a block that may go, if there is one. */
int place_home(void);

/* Which node a page is on. */
int place_node(uint64_t pfn);

/* Another node than that, with free memory; -1: there is none. */
int place_other(int than);

/* Bytes free on a node; 0 where that is not known. */
uint64_t place_free(int node);

/* What this process allocates from now on comes from that node, as long as it has something. */
void place_stay(int node);

#define NODE_BITS 1024
/* A mask for the calls of numa(3), with that node alone. */
void place_mask(int node, unsigned long ret[NODE_BITS / 8 / sizeof(unsigned long)]);

#endif
