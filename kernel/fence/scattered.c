// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the free memory of zone Movable that lies in pieces too small to be taken by
 * their pfns: that would be a call, with all CPUs' lists drained, for each. The page
 * allocator breaks the smallest pieces first, for us as for what migrates; so it is asked
 * for single pages until as many of ours have come as there were. What comes from
 * elsewhere is surplus until the request ends.
 */
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>

#include "fence/held.h"
#include "fence/take.h"
#include "mm/classify.h"

/* Pages asked for while memory that goes offline waits. */
#define MEMCTL_SCATTERED_PIECE	1024

/* Surplus, in pages, for each that is wanted, and in all. */
#define MEMCTL_SURPLUS_SHARE	16
#define MEMCTL_SURPLUS_MAX	65536

/* Without the low watermark's memory, and without any effort: then migration gets none, either. */
#define MEMCTL_SCATTERED_GFP								\
	(__GFP_HIGHMEM | __GFP_MOVABLE | __GFP_THISNODE | __GFP_NOMEMALLOC | __GFP_NOWARN)

/*
 * Counts the free pages of one zone from request->next on, up to where take->run_end is then:
 * as many as may be taken, or those of the first piece.
 */
static void memctl_scattered_count(struct memctl_held *held, struct memctl_take *take)
{
	unsigned long limit = memctl_take_horizon(&take->request), pfn = take->request.next;

	take->zone = NULL;
	take->wanted = 0;
	while (pfn < limit) {
		struct memctl_look look;
		struct page *page;

		cond_resched();
		pfn = memctl_held_next_not(held, pfn, limit);
		if (pfn >= limit)
			break;
		page = memctl_take_page(pfn);
		if (!page) {
			pfn = pageblock_end_pfn(pfn);
			continue;
		}
		if (take->zone && page_zone(page) != take->zone)
			break;
		if (!take->zone)
			take->seen = pfn;
		take->zone = page_zone(page);
		if (page_ref_count(page)) {
			pfn = memctl_take_skip_used(pfn, limit);
			continue;
		}
		memctl_classify(page, pfn, &look);
		if (look.class == MEMCTL_CLASS_FREE) {
			unsigned long pages = min(look.pages, limit - pfn);

			if (take->wanted && take->wanted + pages > take->request.left)
				break;
			take->wanted += pages;
		}
		pfn += look.pages;
	}
	take->run_end = min(pfn, limit);
	if (take->zone && zone_idx(take->zone) != ZONE_MOVABLE)
		take->wanted = 0;
	memctl_take_count(&take->request, take->wanted);
	take->surplus.max = min_t(unsigned long, MEMCTL_SURPLUS_MAX,
				  take->surplus.nr + take->wanted * MEMCTL_SURPLUS_SHARE);
}

/* One more page; NULL: no more are to be had at this price. */
static struct page *memctl_scattered_ask(struct memctl_take *take)
{
	struct page *page;

	if (!memctl_surplus_may(&take->surplus))
		return NULL;
	page = alloc_pages_node(zone_to_nid(take->zone), MEMCTL_SCATTERED_GFP, 0);
	if (page && page_zone(page) != take->zone) {
		__free_page(page);
		return NULL;
	}
	return page;
}

static int memctl_scattered_keep(struct memctl_held *held, struct memctl_take *take,
				 struct page *page)
{
	const struct memctl_fence_request *request = &take->request;
	unsigned long pfn = page_to_pfn(page);
	int err = 0;

	if (pfn >= request->start && pfn < request->end && memctl_take_page(pfn)) {
		err = memctl_held_prepare(held, pfn, pfn + 1);
		if (!err) {
			memctl_held_add(held, pfn, pfn + 1);
			if (pfn >= request->next && pfn < take->run_end)
				take->wanted--;
			return 0;
		}
	}
	memctl_surplus_add(&take->surplus, page);
	return err;
}

int memctl_take_scattered(struct memctl_held *held, struct memctl_take *take)
{
	struct memctl_fence_request *request = &take->request;
	unsigned int i;

	/* What was counted may be gone, and its node with it. While we are here it stays. */
	if (request->next >= take->run_end || (take->zone && !memctl_take_page(take->seen)))
		memctl_scattered_count(held, take);
	for (i = 0; i < MEMCTL_SCATTERED_PIECE && take->wanted; i++) {
		struct page *page = memctl_scattered_ask(take);
		int err;

		if (!page) {
			request->failed += take->wanted;
			take->wanted = 0;
			break;
		}
		err = memctl_scattered_keep(held, take, page);
		if (err)
			return err;
	}
	if (!take->wanted)
		request->next = take->run_end;
	return 0;
}

void memctl_take_begin(struct memctl_take *take)
{
	take->run_end = 0;
	take->size = 0;
	take->zone = NULL;
	take->wanted = 0;
	memctl_surplus_begin(&take->surplus, 0);
}

void memctl_take_end(struct memctl_take *take)
{
	memctl_surplus_end(&take->surplus);
}
