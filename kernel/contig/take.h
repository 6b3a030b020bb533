/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes contiguous memory: what is in the way moves elsewhere, at one place after the other
 * until one is empty.
 */
#ifndef MEMCTL_CONTIG_TAKE_H
#define MEMCTL_CONTIG_TAKE_H

#include <linux/types.h>

#include "contig/search.h"

/* A request, and how far it is. */
struct memctl_contig {
	struct memctl_contig_request request;
	struct memctl_search search;
	bool searches;			/* the search has begun */
	unsigned int passes;		/* over all memory, in vain */
	unsigned int waits;		/* for what others try */
	unsigned int changed;		/* places that were others than they had looked */
	unsigned int no_room;		/* places whose pages found no room elsewhere */
	unsigned long trouble_at;	/* the first pfn of the stretch that has failed: */
	unsigned int trouble;		/* places in it */
	unsigned long again;		/* a place that is tried a second time */
	u64 moved;			/* pages */
	u64 failed;			/* places tried in vain */
	int refusal;			/* of request.took() */
	bool asked;			/* the warm reserve */
	bool alone;			/* one place at a time: several had no room */
	bool lru_off;			/* the LRU caches are, and stay so until it rests */
	bool taken;
	u64 emptied;			/* places that are free though the try failed: compaction */
	unsigned long pieces;		/* likewise: that the zone had when it was tried */
	unsigned long start, end;	/* pfns, where it is taken */
};

/**
 * memctl_contig_begin() - begin a request
 * @contig: zeros, with its request filled in; ends with memctl_contig_end(), whatever this returns
 *
 * Context: Process context; sleeps shortly. Nothing is taken yet.
 * Return: 0; -EOPNOTSUPP: this kernel cannot; -ENOSPC: no zone that it may be in, or not the CMA
 * area, has as many pages; -ENOMEM.
 */
int memctl_contig_begin(struct memctl_contig *contig);

/**
 * memctl_contig_step() - try a place
 * @contig: begun, and not taken
 *
 * With @contig->taken, its pages are the caller's on return: single ones, with a reference
 * each, of any content. They are given back with memctl_contig_give() (lend.h), or those of a
 * CMA area with memctl_area_give().
 *
 * Context: Process context; sleeps for as long as what is in the way takes to move. The per-CPU
 * LRU caches are off meanwhile, where memctl can do that; with @contig->request.compacts from the
 * first place that is tried until memctl_contig_rest().
 * Return: 0: go on, unless it is taken; -EBUSY: each place has something that does not move;
 * -ENOMEM: what is in the way finds no room elsewhere, or too little memory would be left for
 * others; -EINTR: it is to end; or an error of request.took().
 */
int memctl_contig_step(struct memctl_contig *contig);

/* The per-CPU LRU caches are used again, until a place is tried. Sleeps. */
void memctl_contig_rest(struct memctl_contig *contig);

/* What is taken stays. Sleeps. */
void memctl_contig_end(struct memctl_contig *contig);

/*
 * Tells request.took() of pages that were had without a step. 0, or its error, and they are given
 * back. Sleeps.
 */
int memctl_contig_tell(struct memctl_contig *contig);

/* A place may not be had any more. 0: another may; -EBUSY: that was so too often. */
int memctl_contig_changed(struct memctl_contig *contig);

/* Less than the page block that it would have to take: the page allocator may have it. */
bool memctl_contig_is_small(const struct memctl_contig_request *request);

/* May the request have the pages from start on, as far as fences and its own words go? Sleeps. */
bool memctl_contig_may_be(const struct memctl_contig_request *request, unsigned long start);

#endif /* MEMCTL_CONTIG_TAKE_H */
