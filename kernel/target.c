// SPDX-License-Identifier: GPL-2.0
/*
 * Finds pages outside a range. The page allocator cannot be told a range to leave
 * out: what it gives from inside is held until the end, in large chunks while it
 * gives such, so that it has to look elsewhere.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>

#include "target.h"

#define MEMCTL_CHUNK_ORDER pageblock_order

void memctl_targets_init(struct memctl_targets *targets, unsigned long start, unsigned long end,
			 int node)
{
	targets->start = start;
	targets->end = end;
	targets->node = node;
	targets->chunks = false;
	INIT_LIST_HEAD(&targets->inside);
}

void memctl_targets_free(struct memctl_targets *targets)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &targets->inside, lru) {
		unsigned int order = page_private(page);

		list_del(&page->lru);
		set_page_private(page, 0);
		__free_pages(page, order);
	}
}

/* No reserves, and one round of reclaim at most: failing is an answer. */
static gfp_t memctl_target_gfp(struct memctl_targets *targets, struct page *src)
{
	gfp_t gfp = GFP_KERNEL | __GFP_MOVABLE | __GFP_NORETRY | __GFP_NOWARN | __GFP_NOMEMALLOC;
	enum zone_type zone = page_zonenum(src);

	if (zone == ZONE_MOVABLE || is_highmem_idx(zone))
		gfp |= __GFP_HIGHMEM;
	if (targets->node != NUMA_NO_NODE)
		gfp |= __GFP_THISNODE;
	return gfp;
}

/* Keeps a page of the range; false if it lies outside. */
static bool memctl_target_keep(struct memctl_targets *targets, struct page *page,
			       unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	if (pfn + (1UL << order) <= targets->start || pfn >= targets->end)
		return false;
	set_page_private(page, order);
	list_add(&page->lru, &targets->inside);
	return true;
}

struct page *memctl_target_get(struct memctl_targets *targets, struct page *src)
{
	int node = targets->node == NUMA_NO_NODE ? page_to_nid(src) : targets->node;
	gfp_t gfp = memctl_target_gfp(targets, src);
	struct page *page;

	for (;;) {
		while (targets->chunks) {
			page = alloc_pages_node(node, gfp & ~__GFP_DIRECT_RECLAIM,
						MEMCTL_CHUNK_ORDER);
			if (page && memctl_target_keep(targets, page, MEMCTL_CHUNK_ORDER))
				continue;
			if (page)
				__free_pages(page, MEMCTL_CHUNK_ORDER);
			targets->chunks = false;
		}
		page = alloc_pages_node(node, gfp, 0);
		if (!page || !memctl_target_keep(targets, page, 0))
			return page;
		targets->chunks = true;
	}
}

void memctl_target_unused(struct memctl_targets *targets, struct page *page)
{
	__free_pages(page, 0);
}
