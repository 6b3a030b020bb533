// SPDX-License-Identifier: GPL-2.0
/*
 * CMA does not tell what it moved. So which pages of the area are in use is noted before. Memory of
 * areas does not go offline: it is looked at without further ado.
 */
#include <linux/bitmap.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "contig/area.h"
#include "mm/classify.h"
#include "mm/cma.h"

/* Where an area is, and which of its pages are in use: a bit each, from range to range. */
struct memctl_area_map {
	struct memctl_mm_cma_range ranges[MEMCTL_MM_CMA_RANGES];
	unsigned int nr;
	unsigned long *used;
};

struct memctl_area_search {
	const char *name;
	struct cma *found;
};

const char *memctl_area_refusal(void)
{
	return memctl_mm_cma_refusal() ?: memctl_mm_cma_alloc_refusal();
}

static int memctl_area_match(struct cma *area, void *data)
{
	struct memctl_area_search *search = data;

	if (strcmp(memctl_mm_cma_name(area), search->name))
		return 0;
	search->found = area;
	return 1;
}

struct cma *memctl_area_find(const char *name)
{
	struct memctl_area_search search = { .name = name };

	memctl_mm_cma_each(memctl_area_match, &search);
	return search.found;
}

unsigned long memctl_area_pages(struct cma *area)
{
	struct memctl_mm_cma_range ranges[MEMCTL_MM_CMA_RANGES];
	unsigned int i, nr = memctl_mm_cma_ranges(area, ranges);
	unsigned long most = 0;

	for (i = 0; i < nr; i++)
		most = max(most, ranges[i].end - ranges[i].start);
	return most;
}

static void memctl_area_look(unsigned long *used, unsigned long bit, unsigned long pfn,
			     unsigned long end)
{
	while (pfn < end) {
		struct memctl_look look;
		unsigned long pages;

		memctl_classify(pfn_to_page(pfn), pfn, &look);
		pages = min(look.pages, end - pfn);
		if (look.class != MEMCTL_CLASS_FREE)
			bitmap_set(used, bit, pages);
		bit += pages;
		pfn += pages;
		cond_resched();
	}
}

static int memctl_area_map(struct cma *area, struct memctl_area_map *map)
{
	unsigned long bit = 0;
	unsigned int i;

	map->nr = memctl_mm_cma_ranges(area, map->ranges);
	for (i = 0; i < map->nr; i++)
		bit += map->ranges[i].end - map->ranges[i].start;
	map->used = kvcalloc(BITS_TO_LONGS(bit) + 1, sizeof(*map->used), GFP_KERNEL);
	if (!map->used)
		return -ENOMEM;
	for (i = 0, bit = 0; i < map->nr; i++) {
		memctl_area_look(map->used, bit, map->ranges[i].start, map->ranges[i].end);
		bit += map->ranges[i].end - map->ranges[i].start;
	}
	return 0;
}

static u64 memctl_area_used(const struct memctl_area_map *map, unsigned long start,
			    unsigned long end)
{
	unsigned long bit = 0;
	u64 used = 0;
	unsigned int i;

	for (i = 0; i < map->nr; i++) {
		unsigned long pfn = max(start, map->ranges[i].start);

		for (; pfn < min(end, map->ranges[i].end); pfn++)
			used += test_bit(bit + pfn - map->ranges[i].start, map->used);
		bit += map->ranges[i].end - map->ranges[i].start;
	}
	return used;
}

int memctl_area_take(struct cma *area, unsigned long pages, unsigned long align,
		     unsigned long *start, u64 *moved)
{
	struct memctl_area_map map;
	struct page *page;
	int err;

	err = memctl_area_map(area, &map);
	if (err)
		return err;
	page = memctl_mm_cma_alloc(area, pages, ilog2(align));
	if (page) {
		*start = page_to_pfn(page);
		*moved = memctl_area_used(&map, *start, *start + pages);
	}
	kvfree(map.used);
	return page ? 0 : -EBUSY;
}

void memctl_area_give(struct cma *area, unsigned long start, unsigned long pages)
{
	memctl_mm_cma_release(area, pfn_to_page(start), pages);
}
