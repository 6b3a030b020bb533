/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks for places for contiguous memory, zone by zone and a stretch of each at a time: first
 * where all is free, then where little is in use, then anywhere. In a stretch the cheapest
 * place comes first. A piece is a page block, for alloc_contig_range() looks at whole ones.
 *
 * What is seen is seen without a lock on the pages: it may be otherwise when the place is taken.
 */
#ifndef MEMCTL_CONTIG_SEARCH_H
#define MEMCTL_CONTIG_SEARCH_H

#include <linux/types.h>

#include "contig/window.h"

struct cma;
struct zone;

/* Pfns [start, end). */
struct memctl_pfns {
	u64 start, end;
};

/* What is looked for. */
struct memctl_contig_request {
	unsigned long pages;			/* not 0 */
	unsigned long align;			/* pages, a power of two */
	int node;				/* or NUMA_NO_NODE */
	bool movable_zone;			/* only in zone Movable */
	struct cma *area;			/* from this one; NULL: from none */
	struct memctl_pfns *exclude;		/* must not be taken */
	unsigned int nr_exclude;
	/*
	 * It is for the free memory that its places become: they have something in use, nothing
	 * that would have to be waited for, and find room without reclaim, in pieces that are
	 * smaller than they are. None is waited for, and where there is no more it ends.
	 */
	bool compacts;
	u64 dearest;				/* what a place may cost, in pages; 0: anything */
	unsigned long together;			/* places in a row, taken at once: pages */
	bool patient;				/* only a deadly signal ends it */
	bool (*stop)(void);			/* so does this; NULL: nothing else */
	/*
	 * The pages [start, end) are taken, and maybe more will be: an error gives all of them
	 * back, and is the request's. NULL: nobody is asked. Process context; sleeps.
	 */
	int (*took)(unsigned long start, unsigned long end);
};

/* Is the request to end? */
bool memctl_search_is_over(const struct memctl_contig_request *request);

struct memctl_search {
	const struct memctl_contig_request *request;
	struct memctl_window window;
	unsigned int phase;			/* how dear a place may be */
	int node;				/* whose zones are looked at */
	int zone_at;				/* in the order of zones */
	unsigned long next;			/* of the next stretch; 0: the zone's first */
	struct zone *zone;			/* of the stretch; NULL: there is none */
	unsigned long start;			/* its first pfn */
	unsigned long nr, room;			/* page blocks in it, and as many as there may be */
	u32 *costs;
	bool busy;				/* places were passed over that another tries */
};

/* The most pages that are in one zone of those that the request may be in. */
unsigned long memctl_search_largest(const struct memctl_contig_request *request);

/* May it be on that node, by its own words and the cpuset of who asks, now? */
bool memctl_search_has_node(const struct memctl_contig_request *request, int node);

/* Is something of [start, end) in a range that must not be taken? */
bool memctl_search_excludes(const struct memctl_contig_request *request, unsigned long start,
			    unsigned long end);

/**
 * memctl_search_begin() - begin to look
 * @search: the search, which ends with memctl_search_end() if this returns 0
 * @request: what for; it stays. At most memctl_search_largest() pages
 *
 * Return: 0 or -ENOMEM.
 */
int memctl_search_begin(struct memctl_search *search, const struct memctl_contig_request *request);
void memctl_search_end(struct memctl_search *search);

/* From the beginning again. */
void memctl_search_again(struct memctl_search *search);

/**
 * memctl_search_next() - the next place
 * @search: begun
 * @start: out: its first pfn
 *
 * The same place comes again, unless memctl_search_refuse() has ruled it out.
 *
 * Context: Process context; sleeps. Memory that goes offline waits for a moment at most.
 * Return: 1; 0: there are no more; -EINTR: the request is to end.
 */
int memctl_search_next(struct memctl_search *search, unsigned long *start);

/**
 * memctl_search_extend() - more places beside one
 * @search: begun
 * @start: in: as memctl_search_next() has found it; out: of the first place
 * @end: in: behind it; out: behind the last
 * @most: pages in all; they lie between two multiples of it, a power of two
 *
 * Those that touch, and cost about as much: all of them in one call are cheaper than one by one.
 */
void memctl_search_extend(const struct memctl_search *search, unsigned long *start,
			  unsigned long *end, unsigned long most);

/* Rules out the page blocks of [start, end) until it begins again; @busy: another tries them. */
void memctl_search_refuse(struct memctl_search *search, unsigned long start, unsigned long end,
			  bool busy);

/* Rules out all places near the last one. */
void memctl_search_skip(struct memctl_search *search);

/* Looks at [start, end) again: the first pfn of a page block that is not free, else end. */
unsigned long memctl_search_look(struct memctl_search *search, unsigned long start,
				 unsigned long end);

/**
 * memctl_search_used() - how many pages of a range have to move
 * @search: begun
 * @start: the first pfn, on a border of page blocks
 * @end: behind the last
 * @free: out: how many are free
 *
 * Context: with memctl_fence_enter() held.
 * Return: how many; -EAGAIN: something in it does not move, or is another's by now.
 */
long memctl_search_used(struct memctl_search *search, unsigned long start, unsigned long end,
			unsigned long *free);

#endif /* MEMCTL_CONTIG_SEARCH_H */
