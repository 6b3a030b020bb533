/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contiguous memory for whoever asks: from the warm reserve where that has some, else by
 * moving what is in the way; and back to where it is wanted most.
 */
#ifndef MEMCTL_CONTIG_LEND_H
#define MEMCTL_CONTIG_LEND_H

#include <linux/types.h>

struct memctl_contig;

/*
 * memctl_contig_step(), but the first one looks into the warm reserve. Where that serves,
 * nothing has moved.
 */
int memctl_contig_serve(struct memctl_contig *contig);

/**
 * memctl_contig_take() - contiguous memory, for other modules
 * @pages: how many; not 0
 * @align: the first pfn is a multiple of it; a power of two
 * @node: on which, or NUMA_NO_NODE
 * @start: out: the first pfn
 *
 * Context and errors as those of memctl_contig_begin() and memctl_contig_step(). Module
 * memctl_dmabuf gets at it by symbol_get(), and so holds this module for as long as it has
 * such memory.
 */
int memctl_contig_take(unsigned long pages, unsigned long align, int node, unsigned long *start);

/* Gives such memory back. Sleeps. */
void memctl_contig_give(unsigned long start, unsigned long pages);

#endif /* MEMCTL_CONTIG_LEND_H */
