/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCTL_EVACUATE_EVACUATE_H
#define MEMCTL_EVACUATE_EVACUATE_H

#include <linux/types.h>

/* A request, and what came of it. */
struct memctl_evacuation {
	unsigned long start, end;	/* pfns; no target lies in [start, end) */
	unsigned long next;		/* in: where to begin; out: where to look on */
	unsigned long max;		/* pfns to look at */
	int node;			/* of the targets, or NUMA_NO_NODE */
	u64 moved, failed;		/* pages */
};

/**
 * memctl_evacuate() - move the providers' pages out of a range
 * @ev: the request; next, moved and failed are filled in
 *
 * Pages that the VM has isolated, or whose driver refuses, stay and are counted
 * as failed, as are those for which no target was found. A pending signal ends
 * it early, with next telling how far it came.
 *
 * Context: Process context; sleeps. No page locked.
 * Return: 0; -ENOMEM when not even a list of pages could be had; -EINTR when a
 * signal came before it was this request's turn: one runs at a time.
 */
int memctl_evacuate(struct memctl_evacuation *ev);

/* Has [start, end) a page of online memory? May take long for a large hole; -EINTR for a signal. */
int memctl_evacuate_has_memory(unsigned long start, unsigned long end);

#endif /* MEMCTL_EVACUATE_EVACUATE_H */
