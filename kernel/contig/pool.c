// SPDX-License-Identifier: GPL-2.0
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "contig/pool.h"

/* The first run that ends behind start. */
static unsigned int memctl_pool_find(const struct memctl_pool *pool, unsigned long start)
{
	unsigned int low = 0, high = pool->nr;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (pool->runs[middle].end > start)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Makes room for another one at an index, or closes the gap there. */
static void memctl_pool_open(struct memctl_pool *pool, unsigned int at)
{
	memmove(&pool->runs[at + 1], &pool->runs[at], (pool->nr - at) * sizeof(pool->runs[0]));
	pool->nr++;
}

static void memctl_pool_close(struct memctl_pool *pool, unsigned int at)
{
	pool->nr--;
	memmove(&pool->runs[at], &pool->runs[at + 1], (pool->nr - at) * sizeof(pool->runs[0]));
}

bool memctl_pool_add(struct memctl_pool *pool, const struct memctl_pool_run *run)
{
	unsigned int at = memctl_pool_find(pool, run->start);
	struct memctl_pool_run *before = at ? &pool->runs[at - 1] : NULL;
	struct memctl_pool_run *behind = at < pool->nr ? &pool->runs[at] : NULL;

	if (before && (before->end != run->start || before->tag != run->tag))
		before = NULL;
	if (behind && (behind->start != run->end || behind->tag != run->tag))
		behind = NULL;
	if (before && behind) {
		before->end = behind->end;
		memctl_pool_close(pool, at);
	} else if (before) {
		before->end = run->end;
	} else if (behind) {
		behind->start = run->start;
	} else {
		if (pool->nr == MEMCTL_POOL_RUNS)
			return false;
		memctl_pool_open(pool, at);
		pool->runs[at] = *run;
	}
	pool->pages += run->end - run->start;
	return true;
}

/* Takes [start, end) out of the run at an index, in which it lies; there is room for the rest. */
static void memctl_pool_cut(struct memctl_pool *pool, unsigned int at, unsigned long start,
			    unsigned long end, struct memctl_pool_run *got)
{
	struct memctl_pool_run *run = &pool->runs[at];

	*got = (struct memctl_pool_run){ .start = start, .end = end, .tag = run->tag };
	pool->pages -= end - start;
	if (run->start == start && run->end == end) {
		memctl_pool_close(pool, at);
	} else if (run->start == start) {
		run->start = end;
	} else if (run->end == end) {
		run->end = start;
	} else {
		memctl_pool_open(pool, at);
		pool->runs[at].end = start;
		pool->runs[at + 1].start = end;
	}
}

/* Where in a run so many pages lie at that alignment, or its end: nowhere. */
static unsigned long memctl_pool_place(const struct memctl_pool *pool,
				       const struct memctl_pool_run *run, unsigned long pages,
				       unsigned long align)
{
	unsigned long start = ALIGN(run->start, align);

	if (start < run->start || start >= run->end || run->end - start < pages)
		return run->end;
	/* A piece from the middle needs a row more. */
	if (pool->nr == MEMCTL_POOL_RUNS && start != run->start && start + pages != run->end)
		return run->end;
	return start;
}

bool memctl_pool_get(struct memctl_pool *pool, unsigned long pages, unsigned long align,
		     bool (*fits)(unsigned long start, const void *data), const void *data,
		     struct memctl_pool_run *got)
{
	unsigned long start = 0, best = 0;
	unsigned int at = 0, i;

	for (i = 0; i < pool->nr; i++) {
		const struct memctl_pool_run *run = &pool->runs[i];
		unsigned long place, size = run->end - run->start;

		if (size < pages || (best && size >= best))
			continue;
		place = memctl_pool_place(pool, run, pages, align);
		if (place == run->end || (fits && !fits(place, data)))
			continue;
		at = i;
		best = size;
		start = place;
	}
	if (best)
		memctl_pool_cut(pool, at, start, start + pages, got);
	return best;
}

bool memctl_pool_drain(struct memctl_pool *pool, unsigned long start, unsigned long end,
		       unsigned long pages, struct memctl_pool_run *got)
{
	unsigned long best = 0, from, to;
	unsigned int at = 0, i;

	if (start >= end)
		return false;
	for (i = memctl_pool_find(pool, start); i < pool->nr && pool->runs[i].start < end; i++) {
		unsigned long size = pool->runs[i].end - pool->runs[i].start;

		if (best && size >= best)
			continue;
		best = size;
		at = i;
	}
	if (!best)
		return false;
	from = max(start, pool->runs[at].start);
	to = min(end, pool->runs[at].end);
	/* From an end of the run where the range reaches one: that needs no row. */
	if (to - from > pages && from == pool->runs[at].start)
		to = from + pages;
	else if (to - from > pages)
		from = to - pages;
	/* Without a row for the rest, what lies behind goes, too. */
	if (pool->nr == MEMCTL_POOL_RUNS && from != pool->runs[at].start)
		to = pool->runs[at].end;
	memctl_pool_cut(pool, at, from, to, got);
	return true;
}

unsigned long memctl_pool_within(const struct memctl_pool *pool, unsigned long start,
				 unsigned long end)
{
	unsigned long pages = 0;
	unsigned int i;

	for (i = memctl_pool_find(pool, start); i < pool->nr && pool->runs[i].start < end; i++)
		pages += min(end, pool->runs[i].end) - max(start, pool->runs[i].start);
	return pages;
}

unsigned long memctl_pool_longest(const struct memctl_pool *pool)
{
	unsigned long longest = 0;
	unsigned int i;

	for (i = 0; i < pool->nr; i++)
		longest = max(longest, pool->runs[i].end - pool->runs[i].start);
	return longest;
}
