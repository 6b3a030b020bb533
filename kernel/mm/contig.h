/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes pages by their pfns from the page allocator, and gives them back.
 */
#ifndef MEMCTL_MM_CONTIG_H
#define MEMCTL_MM_CONTIG_H

#include <linux/types.h>

struct zone;

/* Can this kernel do that at all (CONFIG_CONTIG_ALLOC)? Else the others must not be called. */
bool memctl_mm_can_take(void);

/**
 * memctl_mm_take() - take the pages [start, end)
 * @start: the first pfn
 * @end: behind the last
 *
 * What is in use there moves elsewhere; page cache that is clean and mapped by
 * nobody is dropped. The pages are single ones, with a reference each. All are
 * online, in one zone, and stay so: the caller sees to it. Drains each CPU's lists
 * of free pages and of pages on their way to the LRU lists: few large ranges cost
 * less than many small ones.
 *
 * Context: Process context; sleeps, for as long as the pages take to move.
 * Return: 0; -EBUSY: some do not move, now or ever; -ENOMEM: some found no room;
 * -EINTR: a fatal signal came. With an error none is taken, but some may have moved.
 */
int memctl_mm_take(unsigned long start, unsigned long end);

/*
 * The same of what is not locked: -EBUSY where a page is, also one that became so only now. One
 * that is being written back is waited for all the same. Nothing is reclaimed to find room, and
 * what the zone keeps for those who cannot wait would be used up: the caller sees to it that the
 * zone can do without as many pages.
 */
int memctl_mm_take_unlocked(unsigned long start, unsigned long end);

/**
 * memctl_mm_is_isolated() - is a page block isolated?
 * @pfn: of any page in it, which is online
 *
 * Somebody is about to take it from the page allocator, or to take it offline. Memory of
 * which a page block is isolated must not be asked for: alloc_contig_range() sees that
 * it cannot have it, and on its way out ends the isolation all the same, also when that
 * is somebody else's (true of 6.1 to 7.2 at least). Offlining then waits for ever for
 * the page block to become isolated; nobody can end that where no process asked for it.
 *
 * Context: Any; without a lock, so it may change at any time.
 * Return: whether it is.
 */
bool memctl_mm_is_isolated(unsigned long pfn);

/*
 * Is the page block of a CMA area? Such a one never goes offline, even empty. @pfn: of any
 * page in it, which is online. Any context; while somebody takes memory of the area, some
 * kernels (up to 6.16) tell it from no other isolated page block.
 */
bool memctl_mm_is_cma(unsigned long pfn);

/* Is the page block one for what moves, and of no CMA area? Else as above. */
bool memctl_mm_is_movable(unsigned long pfn);

/*
 * So many pages, a power of two: what memctl_mm_take() does to the memory around a range ends at
 * a multiple of it. Two ranges between the same multiples must not be taken at the same time.
 */
unsigned long memctl_mm_take_border(void);

/*
 * Can the zone do without so many pages that are free? A zone that the kernel itself needs is to
 * keep its high watermark: then there is some for who cannot wait. Any context.
 */
bool memctl_mm_zone_spares(struct zone *zone, unsigned long pages);

/*
 * Has some zone that pages of this one may move to so many free pages above its high watermark,
 * and what it keeps for others, while @free of this zone's are not to be had? Any context.
 */
bool memctl_mm_zone_moves(struct zone *zone, unsigned long used, unsigned long free);

/* Has the zone a free piece of that order or a larger one, below another? Any context. */
bool memctl_mm_zone_has_piece(const struct zone *zone, unsigned int order, unsigned int below);

/*
 * Has the zone so many free pages in pieces below that order? Those in the lists of CPUs are not
 * counted. Any context; without a lock, so it may change at any time.
 */
bool memctl_mm_zone_has_pieces(const struct zone *zone, unsigned int order, unsigned long pages);

/* How many free pieces of that order the zone has: of larger ones, as many as they split into. */
unsigned long memctl_mm_zone_pieces(const struct zone *zone, unsigned int order);

/* The largest order of the page allocator. */
unsigned int memctl_mm_largest_order(void);

/*
 * Has the kernel reclaim memory until the zone can do without so many pages, or no more is to be
 * had; nobody is killed for it. Whether it can now. Process context; sleeps.
 */
bool memctl_mm_make_room(struct zone *zone, unsigned long pages);

/* Gives such pages back. Some stay in the lists of CPUs, apart. Sleeps. */
void memctl_mm_give(unsigned long start, unsigned long end);

/*
 * The same, of whole page blocks, which are large free pieces at once: CPUs' lists, out of which
 * nothing joins, are passed by.
 */
void memctl_mm_give_whole(unsigned long start, unsigned long end);

/*
 * Marks such pages as nobody's: offlining passes them in kernel zones, too, and nobody
 * reads them; and takes the mark off again. Both sleep.
 */
void memctl_mm_mark(unsigned long start, unsigned long end);
void memctl_mm_unmark(unsigned long start, unsigned long end);

#endif /* MEMCTL_MM_CONTIG_H */
