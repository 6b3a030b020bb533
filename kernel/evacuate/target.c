// SPDX-License-Identifier: GPL-2.0
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>

#include "evacuate/target.h"

/* Surplus, in pages, for a request with next to nothing to move. */
#define MEMCTL_TARGETS_LEAST	1024

/* No reserves, and one round of reclaim at most: failing is an answer. The cpuset counts. */
#define MEMCTL_TARGETS_GFP								\
	(GFP_USER | __GFP_MOVABLE | __GFP_NORETRY | __GFP_NOWARN | __GFP_NOMEMALLOC)

static void memctl_targets_look_near(struct memctl_targets *targets, int near, unsigned int zone)
{
	targets->near = near;
	targets->zone = zone;
	targets->other = NUMA_NO_NODE;
	targets->below = false;
	targets->none = targets->over;
	memctl_surplus_begin(&targets->surplus, targets->pages + MEMCTL_TARGETS_LEAST);
}

void memctl_targets_begin(struct memctl_targets *targets, unsigned long start, unsigned long end,
			  unsigned long pages)
{
	*targets = (struct memctl_targets){
		.start = start,
		.end = end,
		.node = NUMA_NO_NODE,
		.preferred = NUMA_NO_NODE,
		.pages = pages,
	};
	memctl_targets_look_near(targets, NUMA_NO_NODE, ZONE_NORMAL);
}

void memctl_targets_end(struct memctl_targets *targets)
{
	memctl_surplus_end(&targets->surplus);
}

/* Who has given way to want of memory asks for no more. */
static void memctl_targets_leave(struct memctl_targets *targets)
{
	targets->over |= READ_ONCE(targets->surplus.wanted);
	memctl_surplus_end(&targets->surplus);
}

static bool memctl_target_has_below(const struct memctl_targets *targets)
{
	return targets->zone == ZONE_MOVABLE || is_highmem_idx(targets->zone);
}

/*
 * A page in a low zone may be there because its driver's device reaches no further; nobody
 * knows. So its content stays in such zones.
 */
static gfp_t memctl_target_gfp(const struct memctl_targets *targets)
{
	gfp_t gfp = MEMCTL_TARGETS_GFP;

#ifdef CONFIG_ZONE_DMA
	if (targets->zone == ZONE_DMA)
		gfp |= __GFP_DMA;
#endif
#ifdef CONFIG_ZONE_DMA32
	if (targets->zone == ZONE_DMA32)
		gfp |= __GFP_DMA32;
#endif
	if (memctl_target_has_below(targets) && !targets->below)
		gfp |= __GFP_HIGHMEM;
	if (targets->node != NUMA_NO_NODE || targets->other != NUMA_NO_NODE)
		gfp |= __GFP_THISNODE;
	return gfp;
}

/* Another place; the surplus of the last one is of no more use. */
static void memctl_targets_look_elsewhere(struct memctl_targets *targets)
{
	memctl_targets_leave(targets);
	targets->none = targets->over || signal_pending(current);
	memctl_surplus_begin(&targets->surplus, targets->pages + MEMCTL_TARGETS_LEAST);
	if (!targets->below && memctl_target_has_below(targets)) {
		targets->below = true;
		return;
	}
	targets->below = false;
	do {
		targets->other = targets->other == NUMA_NO_NODE ?
				 first_node(node_states[N_MEMORY]) :
				 next_node(targets->other, node_states[N_MEMORY]);
	} while (targets->other == targets->near);
	if (targets->node != NUMA_NO_NODE || targets->other >= MAX_NUMNODES)
		targets->none = true;
}

/* From one place; what lies in the range is surplus. NULL: it has none. */
static struct page *memctl_target_ask(struct memctl_targets *targets)
{
	int node = targets->other == NUMA_NO_NODE ? targets->near : targets->other;
	gfp_t gfp = memctl_target_gfp(targets);

	while (!signal_pending(current)) {
		struct page *page = alloc_pages_node(node, gfp, 0);
		unsigned long pfn;

		if (!page)
			break;
		pfn = page_to_pfn(page);
		if (pfn < targets->start || pfn >= targets->end)
			return page;
		if (!memctl_surplus_add(&targets->surplus, page))
			break;
		cond_resched();
	}
	return NULL;
}

struct page *memctl_target_get(struct memctl_targets *targets, struct page *src)
{
	unsigned int zone = page_zonenum(src);
	int near = page_to_nid(src);

	if (targets->preferred != NUMA_NO_NODE)
		near = targets->preferred;
	if (targets->node != NUMA_NO_NODE)
		near = targets->node;
	if (near != targets->near || zone != targets->zone) {
		memctl_targets_leave(targets);
		memctl_targets_look_near(targets, near, zone);
	}
	while (!targets->none) {
		struct page *page = memctl_target_ask(targets);

		if (page)
			return page;
		memctl_targets_look_elsewhere(targets);
	}
	return NULL;
}
