// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel zones come before zone Movable: what is taken of the latter keeps its memory block from
 * going offline. But not where that would leave them less than the high watermark.
 */
#include <linux/bits.h>
#include <linux/hugetlb.h>	/* what pageblock_order is on arm64 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>

#include "contig/walk.h"
#include "mm/contig.h"

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

/* Bits of a cursor: a pfn, and above it. */
#define MEMCTL_CURSOR_NODE	44
#define MEMCTL_CURSOR_ZONE	59
#define MEMCTL_CURSOR_PHASE	62

static bool memctl_zone_fits(const struct memctl_contig_request *request, struct zone *zone)
{
	return managed_zone(zone) && zone_managed_pages(zone) >= request->pages &&
	       (!request->movable_zone || zone_idx(zone) == ZONE_MOVABLE);
}

unsigned long memctl_walk_largest(const struct memctl_contig_request *request)
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

static void memctl_walk_zones(struct memctl_walk *walk)
{
	walk->node = first_node(node_states[N_MEMORY]);
	walk->zone_at = 0;
	walk->next = 0;
}

void memctl_walk_begin(struct memctl_walk *walk, const struct memctl_contig_request *request)
{
	walk->request = request;
	walk->phase = request->compacts;	/* none that is free */
	memctl_walk_zones(walk);
}

u64 memctl_walk_most(const struct memctl_walk *walk)
{
	unsigned int part = memctl_phases[walk->phase];
	u64 most = part == 1 ? U64_MAX : part ? walk->request->pages / part : 0;

	return walk->request->dearest ? min(most, walk->request->dearest) : most;
}

bool memctl_walk_wants_free(const struct memctl_walk *walk)
{
	return !memctl_phases[walk->phase];
}

/* Kernel zones are not to be left with too little. */
static bool memctl_zone_spares(const struct memctl_walk *walk)
{
	return !memctl_walk_wants_free(walk) ||
	       memctl_mm_zone_spares(walk->zone, walk->request->pages);
}

/* The next zone that fits; false: there are no more in this phase. */
static bool memctl_walk_zone(struct memctl_walk *walk)
{
	for (; walk->node < MAX_NUMNODES;
	     walk->node = next_node(walk->node, node_states[N_MEMORY]), walk->zone_at = 0) {
		for (; walk->zone_at < ARRAY_SIZE(memctl_zones); walk->zone_at++, walk->next = 0) {
			int idx = memctl_zones[walk->zone_at];

			walk->zone = &NODE_DATA(walk->node)->node_zones[idx];
			if (memctl_request_has_node(walk->request, walk->node) &&
			    memctl_zone_fits(walk->request, walk->zone) &&
			    memctl_zone_spares(walk))
				return true;
		}
	}
	return false;
}

/* What is not there is passed over: there may be much of it. */
static unsigned long memctl_online_from(unsigned long pfn, unsigned long end)
{
	while (pfn < end && !online_section_nr(pfn_to_section_nr(pfn)))
		pfn = ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION;
	return pfn;
}

unsigned long memctl_walk_stretch(struct memctl_walk *walk, unsigned long span, unsigned long most,
				  unsigned long *start)
{
	while (memctl_walk_zone(walk)) {
		unsigned long end = ALIGN_DOWN(zone_end_pfn(walk->zone), pageblock_nr_pages);
		unsigned long from = walk->next ?:
				     ALIGN(walk->zone->zone_start_pfn, pageblock_nr_pages);

		from = memctl_online_from(from, end);
		if (from + span * pageblock_nr_pages <= end) {
			unsigned long nr = min(most, (end - from) / pageblock_nr_pages);

			*start = from;
			walk->next = from + (nr - span + 1) * pageblock_nr_pages;
			return nr;
		}
		memctl_walk_leave_zone(walk);
	}
	return 0;
}

void memctl_walk_back(struct memctl_walk *walk, unsigned long pfn)
{
	walk->next = pfn;
}

void memctl_walk_leave_zone(struct memctl_walk *walk)
{
	walk->zone_at++;
	walk->next = 0;
}

bool memctl_walk_phase(struct memctl_walk *walk)
{
	memctl_walk_zones(walk);
	walk->phase++;
	if (walk->phase < ARRAY_SIZE(memctl_phases))
		return true;
	walk->phase = walk->request->compacts;
	return false;
}

u64 memctl_walk_cursor(const struct memctl_walk *walk, unsigned long pfn)
{
	return (u64)walk->phase << MEMCTL_CURSOR_PHASE | (u64)walk->zone_at << MEMCTL_CURSOR_ZONE |
	       (u64)walk->node << MEMCTL_CURSOR_NODE | (pfn ?: walk->next);
}

int memctl_walk_go_to(struct memctl_walk *walk, u64 cursor)
{
	unsigned long pfn = cursor & GENMASK_ULL(MEMCTL_CURSOR_NODE - 1, 0);
	unsigned int phase = cursor >> MEMCTL_CURSOR_PHASE;
	unsigned int zone_at = (cursor >> MEMCTL_CURSOR_ZONE) & 7;
	int node = (cursor >> MEMCTL_CURSOR_NODE) & S16_MAX;
	struct zone *zone;

	if (phase < walk->request->compacts || zone_at > ARRAY_SIZE(memctl_zones) ||
	    node > MAX_NUMNODES)
		return -EINVAL;
	walk->phase = phase;
	walk->zone_at = zone_at;
	walk->next = 0;
	walk->node = node;
	if (node == MAX_NUMNODES || zone_at == ARRAY_SIZE(memctl_zones))
		return 0;
	if (!node_state(node, N_MEMORY)) {
		walk->node = next_node(node, node_states[N_MEMORY]);
		walk->zone_at = 0;
		return 0;
	}
	zone = &NODE_DATA(node)->node_zones[memctl_zones[zone_at]];
	if (pfn >= zone->zone_start_pfn && pfn < zone_end_pfn(zone))
		walk->next = ALIGN(pfn, pageblock_nr_pages);
	return 0;
}
