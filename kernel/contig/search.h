/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks for places for contiguous memory, a stretch at a time (walk.h). In a stretch the cheapest
 * place comes first. A piece is a page block, for alloc_contig_range() looks at whole ones.
 *
 * What is seen is seen without a lock on the pages: it may be otherwise when the place is taken.
 */
#ifndef MEMCTL_CONTIG_SEARCH_H
#define MEMCTL_CONTIG_SEARCH_H

#include <linux/types.h>

#include "contig/request.h"
#include "contig/walk.h"
#include "contig/window.h"

struct memctl_search {
	const struct memctl_contig_request *request;
	struct memctl_walk walk;
	struct memctl_window window;
	unsigned long start;			/* the first pfn of the stretch */
	unsigned long nr, room;			/* page blocks in it, and as many as there may be */
	u32 *costs;
	bool busy;				/* places were passed over that another tries */
};

/**
 * memctl_search_begin() - begin to look
 * @search: the search, which ends with memctl_search_end() if this returns 0
 * @request: what for; it stays. At most memctl_walk_largest() pages
 *
 * Return: 0 or -ENOMEM.
 */
int memctl_search_begin(struct memctl_search *search, const struct memctl_contig_request *request);
void memctl_search_end(struct memctl_search *search);

/* From the beginning again. */
void memctl_search_again(struct memctl_search *search);

/* See walk.h: it goes on with the stretch that this one looks at. */
u64 memctl_search_cursor(const struct memctl_search *search);
int memctl_search_go_to(struct memctl_search *search, u64 cursor);

/**
 * memctl_search_next() - the next place
 * @search: begun
 * @start: out: its first pfn
 *
 * The same place comes again, unless memctl_search_refuse() has ruled it out. It looks at a
 * stretch, some GiB, at most.
 *
 * Context: Process context; sleeps. Memory that goes offline waits for a moment at most.
 * Return: 1; 0: there are no more; -EAGAIN: there are none in this stretch, so ask again; -EINTR:
 * the request is to end.
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

/* Rules out all places near the last one; or, until the next phase, all of its zone. */
void memctl_search_skip(struct memctl_search *search);
void memctl_search_skip_zone(struct memctl_search *search);

/* Looks at [start, end) again: the first pfn of a page block that is not free, else end. */
unsigned long memctl_search_look(struct memctl_search *search, unsigned long start,
				 unsigned long end);

/* Places in [start, end), which begins with one, that were all free when last looked at. */
unsigned long memctl_search_free(const struct memctl_search *search, unsigned long start,
				 unsigned long end);

/**
 * memctl_search_used() - how many pages of a range have to move
 * @search: begun
 * @start: the first pfn, on a border of page blocks
 * @end: behind the last
 * @free: out: how many are free
 *
 * Context: with memctl_fence_enter() held.
 * Return: how many; -EAGAIN: something in it does not move, or is another's by now, or it has
 * become dearer than the request's dearest.
 */
long memctl_search_used(struct memctl_search *search, unsigned long start, unsigned long end,
			unsigned long *free);

#endif /* MEMCTL_CONTIG_SEARCH_H */
