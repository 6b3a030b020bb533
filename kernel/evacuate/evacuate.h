/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCTL_EVACUATE_EVACUATE_H
#define MEMCTL_EVACUATE_EVACUATE_H

#include <linux/types.h>

/* A request, and what came of it so far. */
struct memctl_evacuation {
	unsigned long start, end;	/* pfns; no target lies in [start, end) */
	unsigned long next;		/* all below was looked at */
	u64 max;			/* pages that each provider may still be asked for */
	int node;			/* of the targets, or NUMA_NO_NODE */
	u64 moved, failed;		/* pages */
};

/**
 * memctl_evacuate() - move the providers' pages out of a range, one step
 * @ev: the request; next, max, moved and failed are brought up to date
 *
 * In a step each provider makes one round, of up to max and MEMCTL_ROUND_MAX pages. A
 * provider that has more in the range ends it there for those after it, too. Pages that the VM has
 * isolated, or whose driver refuses, stay and are counted as failed, as are those for
 * which no target was found. Nothing is held between steps. A pending signal ends a step early,
 * with next where it was.
 *
 * Context: Process context, with no lock that anybody waits for who is not to wait for a
 * driver's prepare(); sleeps. No page locked.
 * Return: 0; -ENOMEM when not even a list of pages could be had; -EINTR when a
 * signal came before it was this request's turn: one step runs at a time.
 */
int memctl_evacuate(struct memctl_evacuation *ev);

/* Has [start, end) a page of online memory? May take long for a large hole; -EINTR for a signal. */
int memctl_evacuate_has_memory(unsigned long start, unsigned long end);

#endif /* MEMCTL_EVACUATE_EVACUATE_H */
