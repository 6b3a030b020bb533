/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that are at work: what was tried for them, and moved.
 */
#ifndef MEMCTL_CMA_RUNNING_H
#define MEMCTL_CMA_RUNNING_H

#include "cma/area.h"

/* Places that were tried and were busy, of which are known: the first ones. */
#define MEMCTL_TRIED	8

struct memctl_running {
	const void *task;		/* NULL: none */
	struct memctl_cma_area *area;
	unsigned long tried[MEMCTL_TRIED];	/* pfns */
	unsigned long retried, migrated;
	bool over;			/* it was told already how it ended */
	u64 serial;
};

/*
 * The task begins one; it has one at a time. All take a raw lock with interrupts off. Of more
 * than 64 at a time the oldest are forgotten.
 */
void memctl_running_begin(const void *task, struct memctl_cma_area *area, bool over);

/* A place that the task's tried was busy. */
void memctl_running_busy(const void *task, unsigned long pfn);

/* The task has moved pages: for its allocation, if it has one. */
void memctl_running_migrated(const void *task, unsigned long pages);

/* The task's is over: false, and all zeros, if its begin was not told. */
bool memctl_running_end(const void *task, struct memctl_running *running);

/* Is any other task's at work in the area? */
bool memctl_running_others(const void *task, const struct memctl_cma_area *area);

#endif /* MEMCTL_CMA_RUNNING_H */
