// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "contig/cost.h"
#include "contig/request.h"
#include "contig/window.h"
#include "fence/fence.h"
#include "mm/classify.h"
#include "mm/contig.h"
#include "mm/peek.h"

/*
 * Moves at once and as a whole, and needs no free piece as large as the one that comes of it.
 * A large folio for which there is no piece would be split.
 */
static bool memctl_look_compacts(const struct memctl_contig_request *request, struct page *page,
				 const struct memctl_look *look)
{
	if (look->class == MEMCTL_CLASS_FREE)
		return true;
	if (look->busy || look->class == MEMCTL_CLASS_HUGETLB || memctl_peek_buffers_locked(page))
		return false;
	return !look->order ||
	       memctl_mm_zone_has_piece(page_zone(page), look->order, ilog2(request->pages));
}

/* What it costs to move so many pages of a kind; NEVER: it cannot be done. */
static u32 memctl_look_cost(const struct memctl_contig_request *request, struct page *page,
			    const struct memctl_look *look, unsigned long pages)
{
	if (look->keeps || (request->compacts && !memctl_look_compacts(request, page, look)))
		return MEMCTL_COST_NEVER;
	switch (look->class) {
	case MEMCTL_CLASS_FREE:
		return 0;
	case MEMCTL_CLASS_LRU_FILE:
	case MEMCTL_CLASS_LRU_SHMEM:
	case MEMCTL_CLASS_LRU_ANON:
	case MEMCTL_CLASS_LRU_MLOCKED:
	case MEMCTL_CLASS_LRU_CACHED:
	case MEMCTL_CLASS_MOVABLE_OPS:
	case MEMCTL_CLASS_OTHER:	/* it is about to become something */
		return pages;
	case MEMCTL_CLASS_HUGETLB:	/* another of these is needed */
		return 4 * pages;
	default:
		return MEMCTL_COST_NEVER;
	}
}

u32 memctl_block_cost(const struct memctl_contig_request *request, unsigned long pfn, u64 most,
		      unsigned long *free, unsigned long *used)
{
	unsigned long end = pfn + pageblock_nr_pages;
	struct page *page = pfn_to_page(pfn);
	u32 cost = 0;

	while (pfn < end) {
		struct memctl_like like;
		struct memctl_look look;
		unsigned long pages;
		u32 more;

		memctl_like_read(page, &like);
		memctl_classify(page, pfn, &look);
		pages = memctl_alike(page, end - pfn, &look, &like);
		if (!pages)
			pages = min(look.pages, end - pfn);
		if (request->compacts && memctl_peek_has_buffers(page))
			pages = min(look.pages, end - pfn);	/* each may be locked */
		more = memctl_look_cost(request, page, &look, pages);
		if (more == MEMCTL_COST_NEVER)
			return more;
		if (look.class == MEMCTL_CLASS_FREE)
			*free += pages;
		else
			*used += pages;
		cost += more;
		if (cost > most)
			return MEMCTL_COST_NEVER;
		pfn += pages;
		page += pages;
	}
	return cost;
}

bool memctl_block_is_open(const struct memctl_contig_request *request, const struct zone *zone,
			  unsigned long pfn)
{
	unsigned long end = pfn + pageblock_nr_pages;
	struct page *page;

	if (memctl_request_excludes(request, pfn, end) || memctl_fence_wants(pfn, end))
		return false;
	page = pfn_to_online_page(pfn);
	return page && page_zone(page) == zone && !memctl_mm_is_isolated(pfn) &&
	       memctl_mm_is_movable(pfn);
}
