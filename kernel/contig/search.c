// SPDX-License-Identifier: GPL-2.0
#include <linux/hugetlb.h>	/* what pageblock_order is on arm64 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "contig/claim.h"
#include "contig/cost.h"
#include "contig/search.h"
#include "fence/fence.h"

/* Page blocks of a stretch; and those that are looked at while memory that goes offline waits. */
#define MEMCTL_STRETCH		2048
#define MEMCTL_STRETCH_PIECE	16

void memctl_search_again(struct memctl_search *search)
{
	memctl_walk_begin(&search->walk, search->request);
	search->nr = 0;
	search->busy = false;
}

int memctl_search_begin(struct memctl_search *search, const struct memctl_contig_request *request)
{
	search->request = request;
	search->window.span = DIV_ROUND_UP(request->pages, pageblock_nr_pages);
	search->window.stride = max(request->align / pageblock_nr_pages, 1UL);
	search->room = max(4 * search->window.span, MEMCTL_STRETCH);
	search->costs = kvmalloc_array(search->room, sizeof(*search->costs), GFP_KERNEL);
	if (!search->costs)
		return -ENOMEM;
	memctl_search_again(search);
	return 0;
}

void memctl_search_end(struct memctl_search *search)
{
	kvfree(search->costs);
}

u64 memctl_search_cursor(const struct memctl_search *search)
{
	return memctl_walk_cursor(&search->walk, search->nr ? search->start : 0);
}

int memctl_search_go_to(struct memctl_search *search, u64 cursor)
{
	memctl_search_skip(search);
	return memctl_walk_go_to(&search->walk, cursor);
}

static u32 memctl_search_cost(struct memctl_search *search, unsigned long pfn)
{
	unsigned long free = 0, used = 0;

	if (memctl_claimed(pfn, pfn + pageblock_nr_pages)) {
		search->busy = true;
		return MEMCTL_COST_NEVER;
	}
	if (!memctl_block_is_open(search->request, search->walk.zone, pfn))
		return MEMCTL_COST_NEVER;
	return memctl_block_cost(search->request, pfn, memctl_walk_most(&search->walk), &free,
				 &used);
}

long memctl_search_used(struct memctl_search *search, unsigned long start, unsigned long end,
			unsigned long *free)
{
	const struct memctl_contig_request *request = search->request;
	unsigned long pfn, used = 0;
	u64 most = U64_MAX;

	if (request->dearest)
		most = request->dearest * DIV_ROUND_UP(end - start, request->pages);
	*free = 0;
	for (pfn = start; pfn < end; pfn += pageblock_nr_pages) {
		u32 cost = MEMCTL_COST_NEVER;

		if (memctl_block_is_open(request, search->walk.zone, pfn))
			cost = memctl_block_cost(request, pfn, most, free, &used);
		if (cost == MEMCTL_COST_NEVER)
			return -EAGAIN;
		most -= cost;
	}
	return used;
}

/* The index of a pfn's page block in the stretch. */
static unsigned long memctl_search_at(const struct memctl_search *search, unsigned long pfn)
{
	return (pfn - search->start) / pageblock_nr_pages;
}

/* Of the place at that pfn. U64_MAX: it is none. */
static u64 memctl_search_place_cost(const struct memctl_search *search, unsigned long pfn)
{
	unsigned long i, at = memctl_search_at(search, pfn);
	u64 cost = 0;

	if (pfn < search->start || at + search->window.span > search->nr)
		return U64_MAX;
	for (i = at; i < at + search->window.span; i++) {
		if (search->costs[i] == MEMCTL_COST_NEVER)
			return U64_MAX;
		cost += search->costs[i];
	}
	return cost ?: U64_MAX;		/* it is free */
}

void memctl_search_extend(const struct memctl_search *search, unsigned long *start,
			  unsigned long *end, unsigned long most)
{
	unsigned long pages = *end - *start;
	unsigned long from = ALIGN_DOWN(*start, most), to = from + most;
	u64 dear = 2 * memctl_search_place_cost(search, *start) + pages / 16;

	if (search->request->dearest)
		dear = min(dear, search->request->dearest);
	while (*end < to && memctl_search_place_cost(search, *end) <= dear)
		*end += pages;
	while (*start > from && memctl_search_place_cost(search, *start - pages) <= dear)
		*start -= pages;
}

void memctl_search_refuse(struct memctl_search *search, unsigned long start, unsigned long end,
			  bool busy)
{
	unsigned long i;

	for (i = memctl_search_at(search, start); i < search->nr && start < end;
	     i++, start += pageblock_nr_pages)
		search->costs[i] = MEMCTL_COST_NEVER;
	search->busy |= busy;
}

void memctl_search_skip(struct memctl_search *search)
{
	search->nr = 0;
}

void memctl_search_skip_zone(struct memctl_search *search)
{
	search->nr = 0;
	memctl_walk_leave_zone(&search->walk);
}

/* Looks at the page blocks [from, to) of the stretch. */
static void memctl_search_pieces(struct memctl_search *search, unsigned long from,
				 unsigned long to)
{
	while (from < to) {
		unsigned long piece = min(to, from + MEMCTL_STRETCH_PIECE);

		memctl_fence_enter();
		for (; from < piece; from++)
			search->costs[from] = memctl_search_cost(search, search->start +
								 from * pageblock_nr_pages);
		memctl_fence_leave();
		cond_resched();
	}
}

unsigned long memctl_search_look(struct memctl_search *search, unsigned long start,
				 unsigned long end)
{
	unsigned long from = memctl_search_at(search, start);
	unsigned long i, to = from + (end - start) / pageblock_nr_pages;

	memctl_search_pieces(search, from, to);
	for (i = from; i < to; i++) {
		if (search->costs[i])
			return start + (i - from) * pageblock_nr_pages;
	}
	return end;
}

unsigned long memctl_search_free(const struct memctl_search *search, unsigned long start,
				 unsigned long end)
{
	unsigned long at, free = 0;

	for (at = memctl_search_at(search, start); at < memctl_search_at(search, end);
	     at += search->window.span) {
		unsigned long i = at;

		while (i < at + search->window.span && !search->costs[i])
			i++;
		free += i == at + search->window.span;
	}
	return free;
}

/* The next stretch, not looked at yet; false: there are no more in this phase. */
static bool memctl_search_stretch(struct memctl_search *search)
{
	search->nr = memctl_walk_stretch(&search->walk, search->window.span, search->room,
					 &search->start);
	search->window.first = search->start / pageblock_nr_pages;
	return search->nr;
}

static bool memctl_search_finds(struct memctl_search *search, unsigned long nr,
				unsigned long *start)
{
	const struct memctl_contig_request *request = search->request;
	unsigned long found;
	u64 cost;

	found = memctl_window_cheapest(&search->window, search->costs, nr, request->compacts,
				       memctl_walk_most(&search->walk), &cost);

	*start = search->start + found * pageblock_nr_pages;
	return found < nr;
}

/* Looks at the stretch, or as much of it as it takes to find a place where all is free. */
static int memctl_search_stretch_look(struct memctl_search *search)
{
	unsigned long looked = 0, start;

	while (looked < search->nr) {
		unsigned long step = max(search->nr / 16, search->window.span);
		unsigned long to = min(looked + step, search->nr), i;

		memctl_search_pieces(search, looked, to);
		looked = to;
		if (memctl_request_is_over(search->request))
			return -EINTR;
		if (!memctl_walk_wants_free(&search->walk) ||
		    !memctl_search_finds(search, looked, &start))
			continue;
		for (i = looked; i < search->nr; i++)
			search->costs[i] = MEMCTL_COST_NEVER;	/* for now: they are not known */
		memctl_walk_back(&search->walk, search->start +
				 (looked - search->window.span + 1) * pageblock_nr_pages);
		return 0;
	}
	return 0;
}

int memctl_search_next(struct memctl_search *search, unsigned long *start)
{
	int err;

	if (search->nr && memctl_search_finds(search, search->nr, start))
		return 1;
	while (!memctl_search_stretch(search)) {
		if (!memctl_walk_phase(&search->walk))
			return 0;
	}
	err = memctl_search_stretch_look(search);
	if (err)
		return err;
	if (memctl_search_finds(search, search->nr, start))
		return 1;
	memctl_search_skip(search);
	return -EAGAIN;
}
