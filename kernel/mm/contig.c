// SPDX-License-Identifier: GPL-2.0
/*
 * alloc_contig_range(), which has changed its arguments.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#include "mm/contig.h"
#include "mm/peek.h"

/* For what moves: no reserves, and no killing for want of room. */
#define MEMCTL_CONTIG_GFP (GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* Pages given back, or marked, without a pause. */
#define MEMCTL_CONTIG_PIECE 4096

bool memctl_mm_can_take(void)
{
	return IS_ENABLED(CONFIG_CONTIG_ALLOC);
}

#if IS_ENABLED(CONFIG_CONTIG_ALLOC)
int memctl_mm_take(unsigned long start, unsigned long end)
{
	int err;

#ifdef ACR_FLAGS_NONE
	err = alloc_contig_range(start, end, ACR_FLAGS_NONE, MEMCTL_CONTIG_GFP);
#else
	err = alloc_contig_range(start, end, MIGRATE_MOVABLE, MEMCTL_CONTIG_GFP);
#endif
	return err == -EAGAIN ? -EBUSY : err;
}

/*
 * alloc_contig_range() has no word for that: it migrates as MIGRATE_SYNC, and sleeps for a page's
 * lock for ever, not to be killed. But no task waits for a lock that could be that of the task
 * whose memory reclaim it is (migrate_folio_unmap(), on 6.1 __unmap_and_move()): the page is tried
 * again some times, and then it is -EBUSY. As such a task it reclaims nothing, and would have the
 * reserves: hence the caller's word that there is room.
 */
int memctl_mm_take_unlocked(unsigned long start, unsigned long end)
{
	unsigned int flags = memalloc_noreclaim_save();
	int err = memctl_mm_take(start, end);

	memalloc_noreclaim_restore(flags);
	return err;
}

void memctl_mm_give(unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned long piece = min_t(unsigned long, end - start, MEMCTL_CONTIG_PIECE);

		free_contig_range(start, piece);
		start += piece;
		cond_resched();
	}
}

/* CPUs' lists take small pieces, and huge pages. */
#define MEMCTL_WHOLE_ORDER (pageblock_order - 1)

/*
 * Gives back so many pages, as one piece where that can be: not where somebody else has a
 * reference to one of them for a moment (a look-up of the page cache by a pointer that is stale,
 * say), or one has turned out bad, which the allocator puts aside only of single pages.
 */
static void memctl_give_piece(struct page *page, unsigned int order)
{
	unsigned long i = 0, nr = 1UL << order;

	while (i < nr && page_ref_freeze(page + i, 1) && !PageHWPoison(page + i))
		i++;
	if (i == nr) {
		page_ref_unfreeze(page, 1);
		__free_pages(page, order);
		return;
	}
	if (!page_ref_count(page + i))
		page_ref_unfreeze(page + i, 1);
	while (i--)
		page_ref_unfreeze(page + i, 1);
	for (i = 0; i < nr; i++)
		__free_page(page + i);
}

void memctl_mm_give_whole(unsigned long start, unsigned long end)
{
	unsigned long piece = 1UL << MEMCTL_WHOLE_ORDER;

	/* Where allocations are counted by who made them, each page has been counted for itself. */
	if (IS_ENABLED(CONFIG_MEM_ALLOC_PROFILING) ||
	    MEMCTL_WHOLE_ORDER <= PAGE_ALLOC_COSTLY_ORDER) {
		memctl_mm_give(start, end);
		return;
	}
	for (; start < end; start += piece) {
		memctl_give_piece(pfn_to_page(start), MEMCTL_WHOLE_ORDER);
		cond_resched();
	}
}
#else
int memctl_mm_take(unsigned long start, unsigned long end)
{
	return -EOPNOTSUPP;
}

void memctl_mm_give_whole(unsigned long start, unsigned long end)
{
}

int memctl_mm_take_unlocked(unsigned long start, unsigned long end)
{
	return -EOPNOTSUPP;
}

void memctl_mm_give(unsigned long start, unsigned long end)
{
}
#endif

/* What the kernel keeps of a page block; the functions that read it are not exported. */
static unsigned long memctl_block_flags(unsigned long pfn)
{
	const unsigned long *bitmap = section_to_usemap(__pfn_to_section(pfn));
	unsigned long bit;

	bit = ((pfn & (PAGES_PER_SECTION - 1)) >> pageblock_order) * NR_PAGEBLOCK_BITS;
	return READ_ONCE(bitmap[BIT_WORD(bit)]) >> (bit % BITS_PER_LONG);
}

#ifdef PAGEBLOCK_MIGRATETYPE_MASK
#define MEMCTL_TYPE_MASK PAGEBLOCK_MIGRATETYPE_MASK
#else
#define MEMCTL_TYPE_MASK MIGRATETYPE_MASK
#endif

bool memctl_mm_is_cma(unsigned long pfn)
{
#ifdef CONFIG_CMA
	return (memctl_block_flags(pfn) & MEMCTL_TYPE_MASK) == MIGRATE_CMA;
#else
	return false;
#endif
}

bool memctl_mm_is_movable(unsigned long pfn)
{
	return (memctl_block_flags(pfn) & MEMCTL_TYPE_MASK) == MIGRATE_MOVABLE;
}

bool memctl_mm_is_isolated(unsigned long pfn)
{
	unsigned long flags = memctl_block_flags(pfn);

#ifdef PAGEBLOCK_ISO_MASK
	return flags & PAGEBLOCK_ISO_MASK;
#else
	return (flags & MIGRATETYPE_MASK) == MIGRATE_ISOLATE;
#endif
}

unsigned long memctl_mm_take_border(void)
{
	return max(1UL << MEMCTL_BUDDY_ORDER, pageblock_nr_pages);
}

bool memctl_mm_zone_spares(struct zone *zone, unsigned long pages)
{
	return zone_idx(zone) == ZONE_MOVABLE ||
	       zone_page_state(zone, NR_FREE_PAGES) > high_wmark_pages(zone) + pages;
}

/*
 * The kernel looks for room for what is in use in the node's zones from the highest on that a page
 * of this zone may go to (alloc_migration_target()), which is why the others' reserves count.
 */
bool memctl_mm_zone_moves(struct zone *zone, unsigned long used, unsigned long free)
{
	enum zone_type most = zone_idx(zone) == ZONE_MOVABLE ? ZONE_MOVABLE : ZONE_NORMAL, i;

	for (i = 0; i <= most; i++) {
		struct zone *other = &zone->zone_pgdat->node_zones[i];
		unsigned long have = zone_page_state(other, NR_FREE_PAGES);

		if (other == zone)
			have -= min(have, free);
		if (managed_zone(other) &&
		    have > high_wmark_pages(other) + other->lowmem_reserve[most] + used)
			return true;
	}
	return false;
}

bool memctl_mm_zone_has_piece(const struct zone *zone, unsigned int order, unsigned int below)
{
	for (; order < below && order <= MEMCTL_BUDDY_ORDER; order++) {
		if (READ_ONCE(zone->free_area[order].nr_free))
			return true;
	}
	return false;
}

bool memctl_mm_zone_has_pieces(const struct zone *zone, unsigned int order, unsigned long pages)
{
	unsigned long pieces = 0;
	unsigned int i;

	for (i = 0; i < order && i <= MEMCTL_BUDDY_ORDER; i++)
		pieces += READ_ONCE(zone->free_area[i].nr_free) << i;
	/* those kept for high-order atomic requests are not told apart, and may be among them */
	return pieces >= pages + READ_ONCE(zone->nr_reserved_highatomic);
}

unsigned long memctl_mm_zone_pieces(const struct zone *zone, unsigned int order)
{
	unsigned long pieces = 0;
	unsigned int i;

	for (i = order; i <= MEMCTL_BUDDY_ORDER; i++)
		pieces += READ_ONCE(zone->free_area[i].nr_free) << (i - order);
	return pieces;
}

unsigned int memctl_mm_largest_order(void)
{
	return MEMCTL_BUDDY_ORDER;
}

/* What asks for movable pages of this zone, or of lower ones. */
static gfp_t memctl_zone_gfp(const struct zone *zone)
{
	gfp_t gfp = MEMCTL_CONTIG_GFP | __GFP_MOVABLE | __GFP_NOMEMALLOC | __GFP_THISNODE;

#ifdef CONFIG_ZONE_DMA32
	if (zone_idx(zone) == ZONE_DMA32)
		return gfp | __GFP_DMA32;
#endif
#ifdef CONFIG_ZONE_DMA
	if (zone_idx(zone) == ZONE_DMA)
		return gfp | __GFP_DMA;
#endif
	return gfp;
}

/* Is there as much page cache, by the look of it? Without it reclaim tries hard, and in vain. */
static bool memctl_zone_can_make_room(struct zone *zone, unsigned long pages)
{
	return zone_page_state(zone, NR_FREE_PAGES) +
	       zone_page_state(zone, NR_ZONE_ACTIVE_FILE) +
	       zone_page_state(zone, NR_ZONE_INACTIVE_FILE) > high_wmark_pages(zone) + pages;
}

/*
 * While these pages are ours, reclaim brings the zone to its watermark again. They count as free
 * then: those that are given back may stay in a CPU's list, which memctl_mm_take() empties.
 */
bool memctl_mm_make_room(struct zone *zone, unsigned long pages)
{
	unsigned long most = high_wmark_pages(zone) + pages, nr = 0;
	struct page *page, *next;
	LIST_HEAD(held);
	bool made;

	if (!memctl_zone_can_make_room(zone, pages))
		return false;
	for (; nr < most && zone_page_state(zone, NR_FREE_PAGES) + nr <= most; nr++) {
		page = alloc_pages_node(zone_to_nid(zone), memctl_zone_gfp(zone), 0);
		if (!page)
			break;
		list_add(&page->lru, &held);
		cond_resched();
	}
	made = zone_page_state(zone, NR_FREE_PAGES) + nr > most;
	list_for_each_entry_safe(page, next, &held, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	return made;
}

void memctl_mm_mark(unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned long to = min(end, start + MEMCTL_CONTIG_PIECE);

		page_offline_begin();	/* who reads /proc/kcore waits */
		for (; start < to; start++)
			__SetPageOffline(pfn_to_page(start));
		page_offline_end();
		cond_resched();
	}
}

void memctl_mm_unmark(unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned long to = min(end, start + MEMCTL_CONTIG_PIECE);

		for (; start < to; start++)
			__ClearPageOffline(pfn_to_page(start));
		cond_resched();
	}
}
