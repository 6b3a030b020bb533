/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What it costs to empty a page block: the pages that have to move, of hugetlbfs four times as
 * many, for another of these is needed.
 *
 * What is seen is seen without a lock on the pages. memctl_fence_enter() is held for both.
 */
#ifndef MEMCTL_CONTIG_COST_H
#define MEMCTL_CONTIG_COST_H

#include <linux/types.h>

struct memctl_contig_request;
struct zone;

/* May the page block at that pfn be taken at all: is it the zone's, online, and nobody else's? */
bool memctl_block_is_open(const struct memctl_contig_request *request, const struct zone *zone,
			  unsigned long pfn);

/*
 * Of a page block that is open, or MEMCTL_COST_NEVER: something in it does not move, or it costs
 * more than @most, and the rest of it was not looked at. What is free in it, and what is in use,
 * is added to @free and @used.
 */
u32 memctl_block_cost(const struct memctl_contig_request *request, unsigned long pfn, u64 most,
		      unsigned long *free, unsigned long *used);

#endif /* MEMCTL_CONTIG_COST_H */
