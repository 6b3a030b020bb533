// SPDX-License-Identifier: GPL-2.0
/*
 * Each request claims the place that it tries. Locks, in this order: memory that goes offline
 * waits for memctl_fence_enter(), under which pages are taken, a part of a place at a time; then
 * that of claims.
 */
#include <linux/align.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched/signal.h>

#include "contig/area.h"
#include "contig/claim.h"
#include "contig/take.h"
#include "fence/fence.h"
#include "mm/contig.h"
#include "mm/lru_disable.h"

/* Pages taken in one call, each of which drains all CPUs' lists; a power of two. */
#define MEMCTL_CONTIG_PART	16384

/* When a request gives up. */
#define MEMCTL_CONTIG_PASSES	3
#define MEMCTL_CONTIG_TRIES	1024
#define MEMCTL_CONTIG_NO_ROOM	16
#define MEMCTL_CONTIG_TROUBLE	64	/* in a stretch */
#define MEMCTL_CONTIG_WAITS	300	/* of so long: */
#define MEMCTL_CONTIG_WAIT	(HZ / 10)

bool memctl_contig_is_small(const struct memctl_contig_request *request)
{
	return max(request->pages, request->align) < pageblock_nr_pages && !request->movable_zone;
}

bool memctl_contig_may_be(const struct memctl_contig_request *request, unsigned long start)
{
	unsigned long end = start + request->pages;
	int node = page_to_nid(pfn_to_page(start));
	bool wanted;

	if (memctl_request_excludes(request, start, end) ||
	    (request->node != NUMA_NO_NODE && request->node != node))
		return false;
	memctl_fence_enter();
	wanted = memctl_fence_wants(start, end);
	memctl_fence_leave();
	return !wanted;
}

/*
 * Less than a page block: alloc_contig_range() gives nothing of one that has a page that does not
 * move. So the page allocator is asked first, which knows what of such page blocks is free.
 */
static bool memctl_contig_small(struct memctl_contig *contig)
{
	const struct memctl_contig_request *request = &contig->request;
	unsigned int order = ilog2(roundup_pow_of_two(max(request->pages, request->align)));
	gfp_t gfp = GFP_USER | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN;
	struct page *page;

	if (request->node != NUMA_NO_NODE)
		gfp |= __GFP_THISNODE;
	page = alloc_pages_node(request->node, gfp, order);
	if (!page)
		return false;
	contig->start = page_to_pfn(page);
	split_page(page, order);
	memctl_mm_give(contig->start + request->pages, contig->start + (1UL << order));
	if (memctl_contig_may_be(request, contig->start))
		return true;
	memctl_mm_give(contig->start, contig->start + request->pages);
	return false;
}

int memctl_contig_tell(struct memctl_contig *contig)
{
	const struct memctl_contig_request *request = &contig->request;
	unsigned long end = contig->start + request->pages;

	contig->refusal = request->took ? request->took(contig->start, end) : 0;
	if (!contig->refusal)
		return 0;
	contig->taken = false;
	memctl_mm_give(contig->start, end);
	return contig->refusal;
}

static void memctl_contig_quiet_lru(struct memctl_contig *contig)
{
	if (contig->lru_off || memctl_mm_lru_refusal())
		return;
	memctl_mm_lru_disable();
	contig->lru_off = true;
}

/* CMA tries all places by itself, and what is in the way may go soon. */
static int memctl_contig_area(struct memctl_contig *contig)
{
	const struct memctl_contig_request *request = &contig->request;
	int err;

	if (contig->failed)
		schedule_timeout_interruptible(MEMCTL_CONTIG_WAIT);
	if (memctl_request_is_over(request))
		return -EINTR;
	memctl_contig_quiet_lru(contig);
	err = memctl_area_take(request->area, request->pages, request->align, &contig->start,
			       &contig->moved);
	memctl_contig_rest(contig);
	if (!err && !memctl_contig_may_be(request, contig->start)) {
		memctl_area_give(request->area, contig->start, request->pages);
		err = -EBUSY;
	}
	contig->taken = !err;
	if (err == -EBUSY && ++contig->failed < MEMCTL_CONTIG_PASSES)
		return 0;
	return err;
}

int memctl_contig_begin(struct memctl_contig *contig)
{
	int err;

	if (contig->request.area)
		return contig->request.pages > memctl_area_pages(contig->request.area) ?
		       -ENOSPC : 0;
	if (!memctl_mm_can_take())
		return -EOPNOTSUPP;
	if (contig->request.pages > memctl_walk_largest(&contig->request))
		return -ENOSPC;
	err = memctl_search_begin(&contig->search, &contig->request);
	contig->searches = !err;
	return err;
}

void memctl_contig_rest(struct memctl_contig *contig)
{
	if (contig->lru_off)
		memctl_mm_lru_enable();
	contig->lru_off = false;
}

void memctl_contig_end(struct memctl_contig *contig)
{
	memctl_contig_rest(contig);
	if (contig->searches)
		memctl_search_end(&contig->search);
}

/* With what can be reclaimed, and without what zones keep for themselves. */
static bool memctl_contig_leaves_enough(unsigned long pages)
{
	long available = si_mem_available();

	return available > 0 && available >= pages;
}

/* Is there room for so many pages that are in use, while so many that are free are not? */
static bool memctl_contig_has_room(const struct memctl_contig *contig, unsigned long used,
				   unsigned long free)
{
	const struct memctl_contig_request *request = &contig->request;
	struct zone *zone = contig->search.walk.zone;

	if (request->compacts)	/* the free ones are missing until the place is given back */
		return memctl_mm_zone_spares(zone, free) &&
		       memctl_mm_zone_moves(zone, used, free) &&
		       memctl_mm_zone_has_pieces(zone, ilog2(request->pages), used + free);
	return memctl_mm_zone_spares(zone, free) || memctl_mm_make_room(zone, free);
}

/* One call, of [start, end). -EAGAIN: it cannot be had, as was to be seen without a try. */
static int memctl_contig_part(struct memctl_contig *contig, unsigned long start, unsigned long end)
{
	unsigned long looked = ALIGN(end, pageblock_nr_pages), free;
	long used;
	int err;

	memctl_fence_enter();
	used = memctl_search_used(&contig->search, start, looked, &free);
	if (used < 0)
		err = used;
	else if (!memctl_contig_leaves_enough(end - start) ||
		 !memctl_contig_has_room(contig, used, free))
		err = -ENOMEM;
	else if (contig->request.compacts)
		err = memctl_mm_take_unlocked(start, end);
	else
		err = memctl_mm_take(start, end);
	memctl_fence_leave();
	if (!err)
		contig->moved += used;
	return err;
}

/* All of [start, end), or none; where an error came: *part. */
static int memctl_contig_place(struct memctl_contig *contig, unsigned long start,
			       unsigned long end, unsigned long *part)
{
	unsigned long pfn = start;
	int err = 0;

	while (pfn < end) {
		unsigned long to = min(end, ALIGN_DOWN(pfn, MEMCTL_CONTIG_PART) +
					    MEMCTL_CONTIG_PART);

		err = memctl_request_is_over(&contig->request) ? -EINTR :
							       memctl_contig_part(contig, pfn, to);
		if (err)
			break;
		contig->refusal = contig->request.took ? contig->request.took(pfn, to) : 0;
		pfn = to;
		if (contig->refusal) {
			err = contig->refusal;
			break;
		}
		cond_resched();
	}
	if (err && pfn > start)
		memctl_mm_give(start, pfn);
	*part = pfn;
	return err;
}

/*
 * A place was not to be had, because of something in the part from that pfn on. What does not
 * move is in the first page block that is still in use; where all is free now, it is worth
 * another try.
 */
static void memctl_contig_rule_out(struct memctl_contig *contig, unsigned long start,
				   unsigned long end, unsigned long part)
{
	unsigned long to = min(end, ALIGN_DOWN(part, MEMCTL_CONTIG_PART) + MEMCTL_CONTIG_PART);
	unsigned long culprit = to;

	if (start < part)
		memctl_search_look(&contig->search, start, part);
	if (to < end)
		memctl_search_look(&contig->search, to, end);
	culprit = memctl_search_look(&contig->search, part, to);
	if (contig->request.compacts)
		contig->emptied += memctl_search_free(&contig->search, start, end);
	if (culprit == to && contig->again != part) {
		contig->again = part;
		return;
	}
	if (culprit == to)
		culprit = part;
	memctl_search_refuse(&contig->search, culprit, culprit + pageblock_nr_pages, false);
}

int memctl_contig_changed(struct memctl_contig *contig)
{
	return ++contig->changed < MEMCTL_CONTIG_TRIES ? 0 : -EBUSY;
}

/*
 * What is in the way found no room; the others near by cost more. Another zone may have some, of
 * which compaction, which reclaims nothing, can make use.
 */
static int memctl_contig_full(struct memctl_contig *contig)
{
	bool last = ++contig->no_room % MEMCTL_CONTIG_NO_ROOM == 0;

	if (!last)
		memctl_search_skip(&contig->search);
	else if (contig->request.compacts)
		memctl_search_skip_zone(&contig->search);
	else
		return -ENOMEM;
	return 0;
}

/* A compaction does not try a stretch for ever: a later one would begin with it again. */
static void memctl_contig_trouble(struct memctl_contig *contig)
{
	if (contig->trouble_at != contig->search.start)
		contig->trouble = 0;
	contig->trouble_at = contig->search.start;
	if (++contig->trouble == MEMCTL_CONTIG_TROUBLE)
		memctl_search_skip(&contig->search);
}

/* Tries the place that was found, or several in a row. */
static int memctl_contig_try(struct memctl_contig *contig, unsigned long start, unsigned long end)
{
	unsigned long part;
	struct memctl_claim claim;
	int err;

	if (!memctl_claim(&claim, start, end)) {
		memctl_search_refuse(&contig->search, start, end, true);
		return 0;
	}
	memctl_contig_quiet_lru(contig);
	err = memctl_contig_place(contig, start, end, &part);
	if (!contig->request.compacts)
		memctl_contig_rest(contig);
	memctl_unclaim(&claim);
	if (!err) {
		contig->start = start;
		contig->end = end;
		contig->taken = true;
		contig->alone = false;
		return 0;
	}
	if (err == -EINTR || contig->refusal)
		return err;
	if (err == -EAGAIN) {	/* it has changed since it was found */
		memctl_search_look(&contig->search, start, ALIGN(end, pageblock_nr_pages));
		contig->search.busy = true;
		return memctl_contig_changed(contig);
	}
	if (err == -ENOMEM && end - start > contig->request.pages) {
		contig->alone = true;	/* there may be room for one */
		return 0;
	}
	contig->failed++;
	if (err == -ENOMEM)
		return memctl_contig_full(contig);
	memctl_contig_rule_out(contig, start, ALIGN(end, pageblock_nr_pages), part);
	if (contig->request.compacts) {
		memctl_contig_trouble(contig);
		return 0;
	}
	return contig->failed < MEMCTL_CONTIG_TRIES ? 0 : -EBUSY;
}

static int memctl_contig_found(struct memctl_contig *contig, unsigned long start)
{
	const struct memctl_contig_request *request = &contig->request;
	unsigned long from = start, to = start + request->pages;
	unsigned long most = min_t(unsigned long, request->together, MEMCTL_CONTIG_PART);

	if (most > request->pages && !contig->alone)
		memctl_search_extend(&contig->search, &from, &to, rounddown_pow_of_two(most));
	return memctl_contig_try(contig, from, to);
}

/*
 * There is no place: what others try may come to nothing, what is in the way may go, and memory
 * may be freed.
 */
static int memctl_contig_wait(struct memctl_contig *contig)
{
	bool busy = contig->search.busy && contig->waits++ < MEMCTL_CONTIG_WAITS;
	unsigned long ended = memctl_claims_ended();
	long left;

	if (!busy && ++contig->passes == MEMCTL_CONTIG_PASSES)
		return contig->no_room ? -ENOMEM : -EBUSY;
	left = memctl_claims_wait(busy, ended, MEMCTL_CONTIG_WAIT, contig->request.patient);
	memctl_search_again(&contig->search);
	return left < 0 || memctl_request_is_over(&contig->request) ? -EINTR : 0;
}

int memctl_contig_step(struct memctl_contig *contig)
{
	unsigned long start;
	int found;

	if (contig->request.area)
		return memctl_contig_area(contig);
	if (!memctl_contig_leaves_enough(contig->request.pages))
		return -ENOMEM;
	if (!contig->failed && !contig->passes && !contig->request.compacts &&
	    memctl_contig_is_small(&contig->request)) {
		contig->taken = memctl_contig_small(contig);
		if (contig->taken)
			return memctl_contig_tell(contig);
	}
	found = memctl_search_next(&contig->search, &start);
	if (found == -EAGAIN)
		return 0;
	if (found < 0)
		return found;
	if (!found)
		return contig->request.compacts ? -EBUSY : memctl_contig_wait(contig);
	return memctl_contig_found(contig, start);
}
