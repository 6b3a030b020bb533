/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages to move to, outside a range.
 *
 * The page allocator gives what it has, also from inside. That is surplus: no more of it is
 * held than there are pages to move (and a few, so that a small number finds its way past a
 * half-free range). Where that does not lead out of the range, the next place is tried: the zones
 * below ZONE_MOVABLE, then other nodes. A fence around the range makes all this short: then
 * nothing in it is free.
 */
#ifndef MEMCTL_EVACUATE_TARGET_H
#define MEMCTL_EVACUATE_TARGET_H

#include <linux/types.h>

#include "surplus/surplus.h"

struct page;

struct memctl_targets {
	unsigned long start, end;	/* pfns that are no targets */
	int node;			/* all are there; NUMA_NO_NODE: anywhere */
	int preferred;			/* where there is room; NUMA_NO_NODE: near each page */
	unsigned long pages;		/* to move: so much surplus, too */
	struct memctl_surplus surplus;

	/* Where to look, for sources of one node and zone. */
	int near;			/* the first node */
	unsigned int zone;		/* of the sources: enum zone_type */
	int other;			/* the node that is tried now; NUMA_NO_NODE: near */
	bool below;			/* in the zones below ZONE_MOVABLE only */
	bool none;			/* there are no more places */
	bool over;			/* memory was short */
};

/*
 * Targets for up to @pages pages, to be given outside [start, end). The other fields are for
 * the caller to set. Both sleep; the second gives back what is held.
 */
void memctl_targets_begin(struct memctl_targets *targets, unsigned long start, unsigned long end,
			  unsigned long pages);
void memctl_targets_end(struct memctl_targets *targets);

/*
 * A page for the content of src, with a reference: in no zone that src's allocation could
 * not be in. NULL: there is none that can be had without the reserves and in one round of
 * reclaim; or a signal came, or memory is short. May sleep.
 */
struct page *memctl_target_get(struct memctl_targets *targets, struct page *src);

#endif /* MEMCTL_EVACUATE_TARGET_H */
