// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel zones come before zone Movable: what is taken of the latter keeps its memory block from
 * going offline. But not where that would leave them less than the high watermark.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>

#include "contig/claim.h"
#include "contig/cost.h"
#include "contig/search.h"
#include "fence/fence.h"
#include "mm/contig.h"

/* Page blocks of a stretch; and those that are looked at while memory that goes offline waits. */
#define MEMCTL_STRETCH		2048
#define MEMCTL_STRETCH_PIECE	16

/* What of a place may be in use, in so many parts of it: in the last phase, all. */
static const unsigned int memctl_phases[] = { 0, 8, 2, 1 };

/* In this order. Not all kernels have all of them. */
static const enum zone_type memctl_zones[] = {
	ZONE_NORMAL,
#ifdef CONFIG_ZONE_DMA32
	ZONE_DMA32,
#endif
#ifdef CONFIG_ZONE_DMA
	ZONE_DMA,
#endif
	ZONE_MOVABLE,
};

static bool memctl_zone_fits(const struct memctl_contig_request *request, struct zone *zone)
{
	return managed_zone(zone) && zone_managed_pages(zone) >= request->pages &&
	       (!request->movable_zone || zone_idx(zone) == ZONE_MOVABLE);
}

unsigned long memctl_search_largest(const struct memctl_contig_request *request)
{
	unsigned long largest = 0;
	unsigned int i;
	int node;

	for_each_node_state(node, N_MEMORY) {
		if (!memctl_request_has_node(request, node))
			continue;
		for (i = 0; i < ARRAY_SIZE(memctl_zones); i++) {
			struct zone *zone = &NODE_DATA(node)->node_zones[memctl_zones[i]];

			if (memctl_zone_fits(request, zone))
				largest = max(largest, zone_managed_pages(zone));
		}
	}
	return largest;
}

static void memctl_search_zones(struct memctl_search *search)
{
	search->node = first_node(node_states[N_MEMORY]);
	search->zone_at = 0;
	search->next = 0;
	search->zone = NULL;
	search->nr = 0;
}

void memctl_search_again(struct memctl_search *search)
{
	memctl_search_zones(search);
	search->phase = search->request->compacts;	/* none that is free */
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

/* What a place may cost in this phase. */
static u64 memctl_search_most(const struct memctl_search *search)
{
	const struct memctl_contig_request *request = search->request;
	unsigned int part = memctl_phases[search->phase];
	u64 most = part == 1 ? U64_MAX : part ? request->pages / part : 0;

	return request->dearest ? min(most, request->dearest) : most;
}

static u32 memctl_search_cost(struct memctl_search *search, unsigned long pfn)
{
	unsigned long free = 0, used = 0;

	if (memctl_claimed(pfn, pfn + pageblock_nr_pages)) {
		search->busy = true;
		return MEMCTL_COST_NEVER;
	}
	if (!memctl_block_is_open(search->request, search->zone, pfn))
		return MEMCTL_COST_NEVER;
	return memctl_block_cost(search->request, pfn, memctl_search_most(search), &free, &used);
}

long memctl_search_used(struct memctl_search *search, unsigned long start, unsigned long end,
			unsigned long *free)
{
	unsigned long used = 0;

	*free = 0;
	for (; start < end; start += pageblock_nr_pages) {
		if (!memctl_block_is_open(search->request, search->zone, start) ||
		    memctl_block_cost(search->request, start, U64_MAX, free,
				      &used) == MEMCTL_COST_NEVER)
			return -EAGAIN;
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

/* Kernel zones are not to be left with too little. */
static bool memctl_zone_spares(const struct memctl_search *search)
{
	return memctl_phases[search->phase] ||
	       memctl_mm_zone_spares(search->zone, search->request->pages);
}

/* The next zone that fits; false: there are no more in this phase. */
static bool memctl_search_zone(struct memctl_search *search)
{
	for (; search->node < MAX_NUMNODES;
	     search->node = next_node(search->node, node_states[N_MEMORY]), search->zone_at = 0) {
		for (; search->zone_at < ARRAY_SIZE(memctl_zones);
		     search->zone_at++, search->next = 0) {
			int idx = memctl_zones[search->zone_at];

			search->zone = &NODE_DATA(search->node)->node_zones[idx];
			if (memctl_request_has_node(search->request, search->node) &&
			    memctl_zone_fits(search->request, search->zone) &&
			    memctl_zone_spares(search))
				return true;
		}
	}
	return false;
}

/* What is not there is passed over: there may be much of it. */
static unsigned long memctl_search_online(unsigned long pfn, unsigned long end)
{
	while (pfn < end && !online_section_nr(pfn_to_section_nr(pfn)))
		pfn = ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION;
	return pfn;
}

/* The next stretch, not looked at yet; false: there are no more in this phase. */
static bool memctl_search_stretch(struct memctl_search *search)
{
	while (memctl_search_zone(search)) {
		unsigned long end = ALIGN_DOWN(zone_end_pfn(search->zone), pageblock_nr_pages);
		unsigned long start = search->next ?:
				      ALIGN(search->zone->zone_start_pfn, pageblock_nr_pages);

		start = memctl_search_online(start, end);
		if (start + search->window.span * pageblock_nr_pages <= end) {
			search->start = start;
			search->window.first = start / pageblock_nr_pages;
			search->nr = min(search->room, (end - start) / pageblock_nr_pages);
			/* the windows that this stretch has no room for begin in the next */
			search->next = start + (search->nr - search->window.span + 1) *
					       pageblock_nr_pages;
			return true;
		}
		search->zone_at++;
		search->next = 0;
	}
	return false;
}

static bool memctl_search_finds(struct memctl_search *search, unsigned long nr,
				unsigned long *start)
{
	const struct memctl_contig_request *request = search->request;
	unsigned long found;
	u64 cost;

	found = memctl_window_cheapest(&search->window, search->costs, nr, request->compacts,
				       memctl_search_most(search), &cost);

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
		if (memctl_phases[search->phase] || !memctl_search_finds(search, looked, &start))
			continue;
		for (i = looked; i < search->nr; i++)
			search->costs[i] = MEMCTL_COST_NEVER;	/* for now: they are not known */
		search->next = search->start + (looked - search->window.span + 1) *
					       pageblock_nr_pages;
		return 0;
	}
	return 0;
}

int memctl_search_next(struct memctl_search *search, unsigned long *start)
{
	for (;;) {
		int err;

		if (search->nr && memctl_search_finds(search, search->nr, start))
			return 1;
		while (!memctl_search_stretch(search)) {
			if (++search->phase == ARRAY_SIZE(memctl_phases))
				search->phase = 0;
			memctl_search_zones(search);
			if (!search->phase)
				return 0;
		}
		err = memctl_search_stretch_look(search);
		if (err)
			return err;
	}
}
