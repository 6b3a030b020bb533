/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which pages of a CMA area are allocated: a bit for each, numbered through all ranges.
 *
 * Ghosts: the kernel tells of a release after the pages are free again. Another CPU may have
 * been given them by then, and have told so. So of a page that is allocated although it was, a
 * release is still to be heard of: it is late, and the next release of it changes nothing. Of two
 * that come in the wrong order it does not matter which is taken for which: once both were
 * heard, the page is what it should be.
 */
#ifndef MEMCTL_CMA_BITS_H
#define MEMCTL_CMA_BITS_H

#include <linux/types.h>

struct memctl_bits {
	unsigned long size, used;	/* pages */
	unsigned long *taken, *late;
};

/* 0 or -ENOMEM. Sleeps, as does the other, which takes what is all zeros. */
int memctl_bits_init(struct memctl_bits *bits, unsigned long size);
void memctl_bits_destroy(struct memctl_bits *bits);

/*
 * Allocates [first, end), in range. The pages that were allocated become late where @ghosts, else
 * they were none of an allocation's. So many were. The caller has the lock, as in the next.
 */
unsigned long memctl_bits_take(struct memctl_bits *bits, unsigned long first, unsigned long end,
			       bool ghosts);

/*
 * Releases the first pages in a row of [*first, end) that are not late, and of the late ones
 * before them takes that mark: [*first, *stop) is free then. False: there are none, *first is end.
 */
bool memctl_bits_give(struct memctl_bits *bits, unsigned long *first, unsigned long *stop,
		      unsigned long end);

/* Adds what is not allocated in [first, end): the number of runs, and the longest. Any context. */
void memctl_bits_count(const struct memctl_bits *bits, unsigned long first, unsigned long end,
		       unsigned long *runs, unsigned long *longest);

/**
 * memctl_map_fit() - the first place for an allocation
 * @map: a bit for each page that is taken
 * @from: from this bit on
 * @end: behind the last one
 * @pages: so many in a row, at least 1
 * @align: a power of two
 * @base: what is a multiple of it is this and the bit's number
 *
 * Context: Any; without the lock, what is found may change.
 * Return: the first bit of the place; end: there is none.
 */
unsigned long memctl_map_fit(const unsigned long *map, unsigned long from, unsigned long end,
			     unsigned long pages, unsigned long align, unsigned long base);

#endif /* MEMCTL_CMA_BITS_H */
