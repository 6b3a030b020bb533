// SPDX-License-Identifier: GPL-2.0
/*
 * The table of areas.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "cma/area.h"

struct memctl_cma_area *memctl_cma_areas;
unsigned int memctl_cma_nr_areas;

static int memctl_cma_count(struct cma *cma, void *data)
{
	unsigned int *areas = data;

	(*areas)++;
	return 0;
}

/* One that could not be set up at boot is told to have no ranges, and is left out. */
static int memctl_cma_add(struct cma *cma, void *data)
{
	struct memctl_mm_cma_range ranges[MEMCTL_MM_CMA_RANGES];
	struct memctl_cma_area *area = &memctl_cma_areas[memctl_cma_nr_areas];
	unsigned int i, *room = data;

	if (memctl_cma_nr_areas == *room)
		return 0;
	area->nr_ranges = memctl_mm_cma_ranges(cma, ranges);
	if (!area->nr_ranges)
		return 0;
	area->cma = cma;
	area->name = memctl_mm_cma_name(cma);
	area->pages = 0;
	for (i = 0; i < area->nr_ranges; i++) {
		area->ranges[i].start = ranges[i].start;
		area->ranges[i].end = ranges[i].end;
		area->ranges[i].first = area->pages;
		area->pages += ranges[i].end - ranges[i].start;
	}
	area->notes = RB_ROOT;
	raw_spin_lock_init(&area->lock);
	memctl_cma_nr_areas++;
	return memctl_bits_init(&area->bits, area->pages) ?:
	       memctl_needed_init(&area->needed, area->pages, totalram_pages());
}

static int memctl_cma_order(const void *a, const void *b)
{
	const struct memctl_cma_area *x = a, *y = b;

	return x->ranges[0].start < y->ranges[0].start ? -1 : 1;
}

/* Locks are initialized anew once they are where they stay: nobody has had them. */
int memctl_cma_areas_init(void)
{
	unsigned int areas = 0, i;
	int err;

	memctl_mm_cma_each(memctl_cma_count, &areas);
	if (!areas)
		return 0;
	memctl_cma_areas = kvcalloc(areas, sizeof(*memctl_cma_areas), GFP_KERNEL);
	if (!memctl_cma_areas)
		return -ENOMEM;
	err = memctl_mm_cma_each(memctl_cma_add, &areas);
	if (err)
		return err;
	sort(memctl_cma_areas, memctl_cma_nr_areas, sizeof(*memctl_cma_areas), memctl_cma_order,
	     NULL);
	for (i = 0; i < memctl_cma_nr_areas; i++)
		raw_spin_lock_init(&memctl_cma_areas[i].lock);
	return 0;
}

void memctl_cma_areas_exit(void)
{
	unsigned int i;

	for (i = 0; i < memctl_cma_nr_areas; i++) {
		memctl_bits_destroy(&memctl_cma_areas[i].bits);
		memctl_needed_destroy(&memctl_cma_areas[i].needed);
	}
	kvfree(memctl_cma_areas);
	memctl_cma_areas = NULL;
	memctl_cma_nr_areas = 0;
}

struct memctl_cma_area *memctl_cma_area_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < memctl_cma_nr_areas; i++) {
		if (memctl_cma_areas[i].name == name)
			return &memctl_cma_areas[i];
	}
	return NULL;
}

struct memctl_cma_area *memctl_cma_area_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < memctl_cma_nr_areas; i++) {
		if (!strcmp(memctl_cma_areas[i].name, name))
			return &memctl_cma_areas[i];
	}
	return NULL;
}

const struct memctl_cma_range *memctl_cma_range_from(const struct memctl_cma_area *area,
						     unsigned long pfn)
{
	unsigned int i;

	for (i = 0; i < area->nr_ranges; i++) {
		if (pfn < area->ranges[i].end)
			return &area->ranges[i];
	}
	return NULL;
}

const struct memctl_cma_range *memctl_cma_range_of(const struct memctl_cma_area *area,
						   unsigned long pfn, unsigned long pages)
{
	const struct memctl_cma_range *range = memctl_cma_range_from(area, pfn);

	return range && pfn >= range->start && pages && pages <= range->end - pfn ? range : NULL;
}

void memctl_cma_count_cause(struct memctl_cma_area *area, enum memctl_cma_cause cause)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&area->lock, flags);
	area->counts.by_cause[cause]++;
	raw_spin_unlock_irqrestore(&area->lock, flags);
}

void memctl_cma_room(const struct memctl_cma_area *area, struct memctl_cma_room *room)
{
	unsigned int i;

	*room = (struct memctl_cma_room){ .free = area->pages - READ_ONCE(area->bits.used) };
	for (i = 0; i < area->nr_ranges; i++) {
		const struct memctl_cma_range *range = &area->ranges[i];

		memctl_bits_count(&area->bits, range->first,
				  range->first + (range->end - range->start), &room->runs,
				  &room->longest);
	}
}

bool memctl_cma_fits(const struct memctl_cma_area *area, unsigned long pages, unsigned long align)
{
	unsigned int i;

	for (i = 0; i < area->nr_ranges; i++) {
		const struct memctl_cma_range *range = &area->ranges[i];
		unsigned long end = range->first + (range->end - range->start);

		if (memctl_map_fit(area->bits.taken, range->first, end, pages, align,
				   range->start - range->first) < end)
			return true;
	}
	return false;
}
