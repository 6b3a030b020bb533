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
 * memctl_contig_step(), but the first one looks into the warm reserve: where that serves, nothing
 * has moved. What is taken, but of a CMA area, keeps its memory from going offline.
 */
int memctl_contig_serve(struct memctl_contig *contig);

/**
 * memctl_contig_take() - contiguous memory, for other modules
 * @pages: how many; not 0
 * @align: the first pfn is a multiple of it; a power of two
 * @node: on which, or NUMA_NO_NODE
 * @took: is asked about all of them before the return, maybe a part at a time (struct
 * memctl_contig_request); or NULL
 * @start: out: the first pfn
 *
 * Only a deadly signal ends it. Context and errors as those of memctl_contig_begin() and
 * memctl_contig_step(). Module memctl_dmabuf gets at it by symbol_get(), and so holds this module
 * for as long as it has such memory.
 */
int memctl_contig_take(unsigned long pages, unsigned long align, int node,
		       int (*took)(unsigned long start, unsigned long end), unsigned long *start);

/*
 * Gives such memory back: all that was taken from start on is nobody's, but only so many pages
 * of it go back here, the rest is the caller's to free. Sleeps.
 */
void memctl_contig_give(unsigned long start, unsigned long pages);

#endif /* MEMCTL_CONTIG_LEND_H */
