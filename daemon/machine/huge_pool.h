/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pools of huge pages (hugetlbfs), by size and node, and what there is to make more of. nr_hugepages
 * counts what is over the pool, too (surplus), when it is read, and not when it is written: what is in the
 * pool for good is what is left without that.
 */
#ifndef MEMCTL_MACHINE_HUGE_POOL_H
#define MEMCTL_MACHINE_HUGE_POOL_H

#include "daemon/machine/tree.h"

#include <stddef.h>

/* More sizes than any kernel has. */
#define HUGE_SIZES_MAX 16

/* All in huge pages. */
struct huge_pool_counts {
        uint64_t persistent; /* in the pool: what writing nr_hugepages sets */
        uint64_t surplus;    /* over it, for as long as they are in use */
        uint64_t free;       /* of both */
};

struct huge_pool_node {
        int node; /* -1: the kernel knows no nodes */
        struct huge_pool_counts counts;
        uint64_t pieces; /* free ones of that size, of the page allocator */
};

struct huge_pool {
        unsigned int order;           /* of the page allocator: 2^order base pages */
        bool gigantic;                /* the page allocator has no such pieces */
        uint64_t free_pages;          /* base pages, of all orders */
        struct huge_pool_node *nodes; /* those with memory, ascending; not none */
        size_t n_nodes;
};

/* The sizes that the kernel has pools of, ascending, in bytes. How many: 0 where it has none. */
size_t huge_pool_sizes(const struct tree *tree, uint64_t ret[static HUGE_SIZES_MAX]);

/* The size that is used where none is named, in bytes; 0: the kernel has none. */
uint64_t huge_pool_default_size(const struct tree *tree);

/* What is written to, absolute. */
#define HUGE_POOL_PATH_MAX 128
void huge_pool_path(uint64_t size, int node, char ret[static HUGE_POOL_PATH_MAX]);

/* Reads the counts of a node's pool (-1: of the machine's). 0 or -errno. */
int huge_pool_count(const struct tree *tree, uint64_t size, int node, struct huge_pool_counts *ret);

/*
 * Reads the pools of a size on a node (-1: on all), and what is free there. 0; -ENOENT: there is no such
 * node with memory and such a pool; or another -errno; each with *message set.
 */
int huge_pool_read(const struct tree *tree, uint64_t size, int node, struct huge_pool *ret, char **message);
void huge_pool_clear(struct huge_pool *pool);

/*
 * The bytes that can be had on a node (-1: on all) without harm to others: MemAvailable but for a spare of
 * 1/128, 32 MiB at least; and on a node no more than is free there, page cache, or in slabs that can be
 * reclaimed. UINT64_MAX where it is not known.
 */
uint64_t huge_pool_room(const struct tree *tree, int node);

#endif
