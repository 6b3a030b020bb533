// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>

#include "fence/held.h"
#include "fence/take.h"
#include "mm/classify.h"
#include "mm/contig.h"

/* Pages of a piece. Each is a call that drains all CPUs' lists of free pages. */
#define MEMCTL_TAKE_FREE	65536
#define MEMCTL_TAKE_USED	8192

static unsigned long memctl_take_section_end(unsigned long pfn)
{
	return ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION;
}

struct page *memctl_take_page(unsigned long pfn)
{
	struct page *page = memctl_fence_is_going(pfn, pfn + 1) ? NULL : pfn_to_online_page(pfn);

	/* Perhaps it is about to go, and that has not been told yet. */
	return page && !memctl_mm_is_isolated(pfn) ? page : NULL;
}

unsigned long memctl_take_skip_used(unsigned long pfn, unsigned long limit)
{
	struct memctl_look look;

	limit = min(limit, memctl_take_section_end(pfn));
	while (pfn < limit) {
		struct page *page = pfn_to_page(pfn);

		if (page_ref_count(page)) {
			pfn++;
			continue;
		}
		if (!PageTail(page))
			break;
		memctl_classify(page, pfn, &look);
		pfn += look.pages;	/* to the end of the larger page it is in */
	}
	return min(pfn, limit);
}

/* What may be taken from pfn on, in one zone: of free memory, or of all that is not held. */
static unsigned long memctl_take_run_end(struct memctl_held *held, unsigned long pfn,
					 unsigned long limit, enum memctl_fence_what what)
{
	const struct zone *zone = page_zone(pfn_to_page(pfn));
	struct memctl_look look;

	if (what == MEMCTL_FENCE_USED)
		limit = memctl_held_next(held, pfn, limit);
	while (pfn < limit) {
		struct page *page = memctl_take_page(pfn);

		if (!page || page_zone(page) != zone)
			break;
		if (what == MEMCTL_FENCE_USED) {
			pfn = pageblock_end_pfn(pfn);
			continue;
		}
		memctl_classify(page, pfn, &look);
		if (look.class != MEMCTL_CLASS_FREE)
			break;
		pfn += look.pages;
		cond_resched();
	}
	return min(pfn, limit);
}

/* What of a free run is large enough; the rest is passed over. */
static void memctl_take_trim(struct memctl_fence_request *request, unsigned long *start,
			     unsigned long *end)
{
	unsigned long free = *end - *start;

	*start = ALIGN(*start, request->smallest);
	*end = max(ALIGN_DOWN(*end, request->smallest), *start);
	request->failed += free - (*end - *start);
}

static unsigned long memctl_take_size(const struct memctl_fence_request *request)
{
	return request->what == MEMCTL_FENCE_FREE ? MEMCTL_TAKE_FREE : MEMCTL_TAKE_USED;
}

/* The next run to take; false: there is none in sight, and next is behind that. */
static bool memctl_take_find(struct memctl_held *held, struct memctl_take *take)
{
	struct memctl_fence_request *request = &take->request;
	unsigned long limit = memctl_take_horizon(request), pfn = request->next;

	while (pfn < limit) {
		unsigned long start, end;

		pfn = memctl_held_next_not(held, pfn, limit);
		if (pfn >= limit)
			break;
		if (!memctl_take_page(pfn)) {
			pfn = pageblock_end_pfn(pfn);
			cond_resched();
			continue;
		}
		start = pfn;
		if (request->what == MEMCTL_FENCE_FREE)
			pfn = memctl_take_skip_used(pfn, limit);
		if (pfn > start) {
			cond_resched();
			continue;
		}
		end = memctl_take_run_end(held, pfn, limit, request->what);
		pfn = max(end, pfn + 1);
		if (request->what == MEMCTL_FENCE_FREE)
			memctl_take_trim(request, &start, &end);
		if (start < end) {
			request->next = start;
			take->run_end = end;
			take->size = memctl_take_size(request);
			return true;
		}
		cond_resched();
	}
	request->next = limit;
	return false;
}

static bool memctl_take_is_online(unsigned long pfn, unsigned long end)
{
	for (; pfn < end; pfn = pageblock_end_pfn(pfn)) {
		if (!memctl_take_page(pfn))
			return false;
	}
	return true;
}

static bool memctl_take_leaves_enough(unsigned long start, unsigned long end)
{
	return memctl_mm_zone_spares(page_zone(pfn_to_page(start)), end - start);
}

int memctl_take_piece(struct memctl_held *held, struct memctl_take *take)
{
	struct memctl_fence_request *request = &take->request;
	unsigned long start, end;
	int err;

	if (request->what == MEMCTL_FENCE_SCATTERED)
		return memctl_take_scattered(held, take);
	if (request->next >= take->run_end && !memctl_take_find(held, take))
		return 0;
	start = request->next;
	end = min3(take->run_end, ALIGN_DOWN(start, take->size) + take->size,
		   start + request->left);
	if (!memctl_take_is_online(start, end)) {
		take->run_end = start;	/* it has changed: look again */
		return 0;
	}
	err = memctl_held_prepare(held, start, end);
	if (!err)
		err = memctl_take_leaves_enough(start, end) ? memctl_mm_take(start, end) : -EBUSY;
	if (err && err != -EBUSY)
		return err;
	if (err && end - start > request->smallest) {
		take->size = rounddown_pow_of_two(end - start - 1);
		return 0;
	}
	if (err)
		request->failed += end - start;
	else
		memctl_held_add(held, start, end);
	memctl_take_count(request, end - start);
	if (!err && take->size < memctl_take_size(request) && IS_ALIGNED(end, 2 * take->size))
		take->size *= 2;
	request->next = end;
	return 0;
}
