// SPDX-License-Identifier: GPL-2.0
/*
 * Finds allocations from before the module was loaded.
 *
 * Memory of an area that is not allocated is free, or lent to processes, files and drivers whose
 * pages move. A page with a reference that is none of these was allocated. For a moment others
 * look like one: a page that was just taken for a process, or is about to be freed. So what
 * looks allocated is looked at again twice, and counts if it looked so each time.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "cma/note.h"
#include "cma/scan.h"
#include "mm/classify.h"

#define MEMCTL_SCANS	3
#define MEMCTL_SCAN_MS	20

/* With interrupts off: bits that are looked through for the next run, and notes in it. */
#define MEMCTL_SCAN_BITS	32768
#define MEMCTL_SCAN_NOTES	256

/* Larger than the page allocator's: only contiguous memory becomes such a page. */
#define MEMCTL_SCAN_HUGE	MAX_ORDER_NR_PAGES

enum memctl_seen {
	MEMCTL_SEEN_FREE,		/* or lent */
	MEMCTL_SEEN_TAKEN,
	MEMCTL_SEEN_UNKNOWN,
};

static enum memctl_seen memctl_seen_as(const struct memctl_look *look)
{
	switch (look->class) {
	case MEMCTL_CLASS_HUGETLB:
		return 1UL << look->order > MEMCTL_SCAN_HUGE ? MEMCTL_SEEN_TAKEN :
							       MEMCTL_SEEN_FREE;
	case MEMCTL_CLASS_SLAB:
	case MEMCTL_CLASS_PAGE_TABLE:
	case MEMCTL_CLASS_RESERVED:
		return MEMCTL_SEEN_TAKEN;
	case MEMCTL_CLASS_OTHER:
		return look->keeps ? MEMCTL_SEEN_TAKEN : MEMCTL_SEEN_UNKNOWN;
	case MEMCTL_CLASS_HWPOISON:
		return MEMCTL_SEEN_UNKNOWN;
	default:
		return MEMCTL_SEEN_FREE;
	}
}

/* What is known by events is left alone, and these take it out of the map: see watch.c. */
static void memctl_scan_set(struct memctl_cma_area *area, unsigned long *map, unsigned long bit,
			    bool value)
{
	unsigned long flags;

	if (test_bit(bit, map) == value)
		return;
	raw_spin_lock_irqsave(&area->lock, flags);
	if (!value)
		__clear_bit(bit, map);
	else if (!test_bit(bit, area->bits.taken))
		__set_bit(bit, map);
	raw_spin_unlock_irqrestore(&area->lock, flags);
}

/* The first scan marks what looks so, the others take back what does not any more. */
static void memctl_scan_look(struct memctl_cma_area *area, unsigned long *taken,
			     unsigned long *unknown, bool first)
{
	unsigned int i;

	for (i = 0; i < area->nr_ranges; i++) {
		const struct memctl_cma_range *range = &area->ranges[i];
		unsigned long pfn;

		for (pfn = range->start; pfn < range->end; pfn++) {
			unsigned long bit = pfn - range->start + range->first;
			struct memctl_look look;
			enum memctl_seen seen;

			if (!(pfn % MAX_ORDER_NR_PAGES))
				cond_resched();
			if (!first && !test_bit(bit, taken) && !test_bit(bit, unknown))
				continue;
			memctl_classify(pfn_to_page(pfn), pfn, &look);
			seen = memctl_seen_as(&look);
			if (first || seen != MEMCTL_SEEN_TAKEN)
				memctl_scan_set(area, taken, bit, seen == MEMCTL_SEEN_TAKEN);
			if (first || seen != MEMCTL_SEEN_UNKNOWN)
				memctl_scan_set(area, unknown, bit, seen == MEMCTL_SEEN_UNKNOWN);
			if (first && seen == MEMCTL_SEEN_FREE)
				pfn += look.pages - 1;
		}
	}
}

/*
 * Notes pages from a pfn on that have no note yet: up to which one, for there may be many notes.
 * The area's lock is held.
 */
static unsigned long memctl_scan_note(struct memctl_cma_area *area, unsigned long pfn,
				      unsigned long end, unsigned long bit,
				      enum memctl_note_origin origin)
{
	struct memctl_note note = { .align = 1, .origin = origin };
	unsigned int i;

	for (i = 0; pfn < end && i < MEMCTL_SCAN_NOTES; i++) {
		const struct memctl_note *known = memctl_note_from(area, pfn);
		unsigned long stop = known && known->pfn < end ? known->pfn : end;

		if (stop > pfn) {
			note.pfn = pfn;
			note.pages = stop - pfn;
			if (origin == MEMCTL_NOTE_BEFORE)
				memctl_bits_take(&area->bits, bit, bit + note.pages, false);
			memctl_note_add(area, &note);
		}
		if (stop == end)
			return end;
		stop = known->pfn + known->pages;
		bit += stop - pfn;
		pfn = stop;
	}
	return min(pfn, end);
}

/* The next run from this bit on, if one begins soon: the bit behind it, or behind what was seen. */
static unsigned long memctl_scan_run(struct memctl_cma_area *area,
				     const struct memctl_cma_range *range, unsigned long bit,
				     const unsigned long *map, enum memctl_note_origin origin)
{
	unsigned long end = range->first + (range->end - range->start), flags;
	unsigned long soon = min(end, bit + MEMCTL_SCAN_BITS), stop = soon;

	raw_spin_lock_irqsave(&area->lock, flags);
	bit = find_next_bit(map, soon, bit);
	if (bit < soon) {
		unsigned long pfn = range->start + bit - range->first;

		stop = find_next_zero_bit(map, end, bit);
		stop = bit - pfn + memctl_scan_note(area, pfn, pfn + (stop - bit), bit, origin);
	}
	raw_spin_unlock_irqrestore(&area->lock, flags);
	return stop;
}

static void memctl_scan_tell(struct memctl_cma_area *area, const unsigned long *map,
			     enum memctl_note_origin origin)
{
	unsigned int i;

	for (i = 0; i < area->nr_ranges; i++) {
		const struct memctl_cma_range *range = &area->ranges[i];
		unsigned long end = range->first + (range->end - range->start);
		unsigned long bit = range->first;

		while (bit < end) {
			memctl_notes_fill();
			bit = memctl_scan_run(area, range, bit, map, origin);
			cond_resched();
		}
	}
}

/* Events take out of this map what they tell of, as long as it is there. */
static void memctl_scan_watch(struct memctl_cma_area *area, unsigned long *map)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&area->lock, flags);
	area->scanned = map;
	raw_spin_unlock_irqrestore(&area->lock, flags);
}

static void memctl_scan_area(struct memctl_cma_area *area)
{
	size_t words = BITS_TO_LONGS(area->pages);
	unsigned long *taken = kvcalloc(words, sizeof(long), GFP_KERNEL | __GFP_NOWARN);
	unsigned long *unknown = kvcalloc(words, sizeof(long), GFP_KERNEL | __GFP_NOWARN);
	unsigned int scan;

	area->counts.unknown = area->pages;
	if (taken && unknown) {
		memctl_scan_watch(area, taken);
		for (scan = 0; scan < MEMCTL_SCANS; scan++) {
			if (scan)
				msleep(MEMCTL_SCAN_MS);
			memctl_scan_look(area, taken, unknown, !scan);
		}
		memctl_scan_tell(area, taken, MEMCTL_NOTE_BEFORE);
		memctl_scan_watch(area, NULL);
		area->counts.unknown = bitmap_weight(unknown, area->pages);
	}
	area->counts.peak = max_t(u64, area->counts.peak, area->bits.used);
	kvfree(taken);
	kvfree(unknown);
}

void memctl_cma_scan(void)
{
	unsigned int i;

	for (i = 0; i < memctl_cma_nr_areas; i++)
		memctl_scan_area(&memctl_cma_areas[i]);
}

void memctl_cma_find_lost(struct memctl_cma_area *area)
{
	memctl_scan_tell(area, area->bits.taken, MEMCTL_NOTE_LOST);
}
