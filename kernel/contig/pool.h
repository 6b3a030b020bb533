/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs of pages that nobody uses, and pieces of them at an alignment. A table of fixed size:
 * it is used under a spinlock and while memory is short, where nothing can be allocated.
 */
#ifndef MEMCTL_CONTIG_POOL_H
#define MEMCTL_CONTIG_POOL_H

#include <linux/types.h>

#ifndef MEMCTL_POOL_RUNS
#define MEMCTL_POOL_RUNS 256
#endif

/* Pages [start, end) of one zone, which the tag stands for: runs of two zones are kept apart. */
struct memctl_pool_run {
	unsigned long start, end;
	unsigned int tag;
};

/* Ascending and apart; those that touch have different tags. The caller has a lock. */
struct memctl_pool {
	unsigned long pages;
	unsigned int nr;
	struct memctl_pool_run runs[MEMCTL_POOL_RUNS];
};

/**
 * memctl_pool_add() - put a run into the pool
 * @pool: the pool
 * @run: not empty, and nothing of it is in the pool
 *
 * Return: whether it was; false: the table is full, and the run touches none of its zone.
 */
bool memctl_pool_add(struct memctl_pool *pool, const struct memctl_pool_run *run);

/**
 * memctl_pool_get() - take a run out of the pool
 * @pool: the pool
 * @pages: how many; not 0
 * @align: in pages, a power of two; the run begins at a multiple of it
 * @fits: whether it may begin at this pfn; NULL: anywhere
 * @data: for fits()
 * @got: the run
 *
 * From the smallest run that has it, so that large ones stay large.
 *
 * Return: whether there is such a run.
 */
bool memctl_pool_get(struct memctl_pool *pool, unsigned long pages, unsigned long align,
		     bool (*fits)(unsigned long start, const void *data), const void *data,
		     struct memctl_pool_run *got);

/*
 * Takes out some of what lies in [start, end), @pages at most (not 0), of the smallest run that
 * does first. Return: whether anything does.
 */
bool memctl_pool_drain(struct memctl_pool *pool, unsigned long start, unsigned long end,
		       unsigned long pages, struct memctl_pool_run *got);

/* Pages of the pool in [start, end). */
unsigned long memctl_pool_within(const struct memctl_pool *pool, unsigned long start,
				 unsigned long end);

/* Pages of the longest run; 0: the pool is empty. */
unsigned long memctl_pool_longest(const struct memctl_pool *pool);

#endif /* MEMCTL_CONTIG_POOL_H */
