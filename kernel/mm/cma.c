// SPDX-License-Identifier: GPL-2.0
/*
 * CMA, most of which is not exported: its functions are found by their names. struct cma
 * is never looked into, for it differs with each version and configuration.
 */
#include <linux/cma.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/static_call.h>
#include <linux/version.h>

#include "mm/cma.h"
#include "mm/contig.h"
#include "mm/symbol.h"

/* Since then an area may have several ranges, and its base is not asked for. */
#define MEMCTL_CMA_INTERSECTS	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0))

#if IS_ENABLED(CONFIG_CMA)
DEFINE_STATIC_CALL_NULL(memctl_cma_each, cma_for_each_area);
DEFINE_STATIC_CALL_NULL(memctl_cma_name, cma_get_name);
DEFINE_STATIC_CALL_NULL(memctl_cma_alloc, cma_alloc);
DEFINE_STATIC_CALL_NULL(memctl_cma_release, cma_release);

static char memctl_cma_refusal[MEMCTL_SYMBOL_REFUSAL] = "not looked for yet";
static char memctl_cma_alloc_refusal[MEMCTL_SYMBOL_REFUSAL] = "not looked for yet";

#if MEMCTL_CMA_INTERSECTS
DEFINE_STATIC_CALL_NULL(memctl_cma_intersects, cma_intersects);

/* Not __init: a static call is patched where it stays. */
static bool memctl_cma_find_extent(void)
{
	void *intersects = memctl_mm_function("cma_intersects", memctl_cma_refusal);

	if (intersects)
		static_call_update(memctl_cma_intersects, intersects);
	return intersects;
}

/* The kernel takes the end for one that is still in the range. */
static bool memctl_cma_has(struct cma *area, unsigned long start, unsigned long end)
{
	return static_call(memctl_cma_intersects)(area, PFN_PHYS(start), PFN_PHYS(end) - 1);
}

/*
 * Its page blocks are CMA's, or isolated while one is taken; what huge pages have had since boot
 * is at its start.
 */
static bool memctl_cma_is_lent(const struct memctl_mm_cma_range *range)
{
	unsigned long last = range->end - pageblock_nr_pages;

	return pfn_to_online_page(range->start) && pfn_to_online_page(last) &&
	       (memctl_mm_is_cma(range->start) || memctl_mm_is_isolated(range->start) ||
		memctl_mm_is_cma(last) || memctl_mm_is_isolated(last));
}

/*
 * Ranges consist of page blocks. What the area has nothing of is passed over in large steps.
 * One that could not be set up at boot has them still; its pages are the kernel's.
 */
unsigned int memctl_mm_cma_ranges(struct cma *area, struct memctl_mm_cma_range *ranges)
{
	unsigned long end = 1UL << (MAX_PHYSMEM_BITS - PAGE_SHIFT), pfn = 0;
	unsigned int nr = 0;

	while (pfn < end) {
		unsigned long step = pfn ? 1UL << __ffs(pfn) : end;

		while (step > pageblock_nr_pages && memctl_cma_has(area, pfn, pfn + step))
			step /= 2;
		if (step == pageblock_nr_pages && memctl_cma_has(area, pfn, pfn + step)) {
			if (nr && ranges[nr - 1].end == pfn) {
				ranges[nr - 1].end += step;
			} else if (nr < MEMCTL_MM_CMA_RANGES) {
				ranges[nr].start = pfn;
				ranges[nr++].end = pfn + step;
			}
		}
		pfn += step;
	}
	return nr && memctl_cma_is_lent(&ranges[nr - 1]) ? nr : 0;
}
#else
DEFINE_STATIC_CALL_NULL(memctl_cma_base, cma_get_base);
DEFINE_STATIC_CALL_NULL(memctl_cma_size, cma_get_size);

static bool memctl_cma_find_extent(void)
{
	void *base = memctl_mm_function("cma_get_base", memctl_cma_refusal), *size;

	if (!base)
		return false;
	size = memctl_mm_function("cma_get_size", memctl_cma_refusal);
	if (!size)
		return false;
	static_call_update(memctl_cma_base, base);
	static_call_update(memctl_cma_size, size);
	return true;
}

unsigned int memctl_mm_cma_ranges(struct cma *area, struct memctl_mm_cma_range *ranges)
{
	unsigned long size = static_call(memctl_cma_size)(area);

	ranges->start = PHYS_PFN(static_call(memctl_cma_base)(area));
	ranges->end = ranges->start + (size >> PAGE_SHIFT);
	return !!size;
}
#endif

static bool memctl_cma_find(void)
{
	void *each = memctl_mm_function("cma_for_each_area", memctl_cma_refusal), *name;

	if (!each || !memctl_cma_find_extent())
		return false;
	name = memctl_mm_function("cma_get_name", memctl_cma_refusal);
	if (!name)
		return false;
	static_call_update(memctl_cma_each, each);
	static_call_update(memctl_cma_name, name);
	return true;
}

static bool memctl_cma_find_alloc(void)
{
	void *alloc = memctl_mm_function("cma_alloc", memctl_cma_alloc_refusal), *release;

	if (!alloc)
		return false;
	release = memctl_mm_function("cma_release", memctl_cma_alloc_refusal);
	if (!release)
		return false;
	static_call_update(memctl_cma_alloc, alloc);
	static_call_update(memctl_cma_release, release);
	return true;
}

int memctl_mm_cma_init(void)
{
	if (memctl_cma_find())
		memctl_cma_refusal[0] = 0;
	if (memctl_cma_find_alloc())
		memctl_cma_alloc_refusal[0] = 0;
	return 0;
}

const char *memctl_mm_cma_refusal(void)
{
	return memctl_cma_refusal[0] ? memctl_cma_refusal : NULL;
}

const char *memctl_mm_cma_alloc_refusal(void)
{
	return memctl_cma_alloc_refusal[0] ? memctl_cma_alloc_refusal : memctl_mm_cma_refusal();
}

int memctl_mm_cma_each(int (*each)(struct cma *area, void *data), void *data)
{
	return static_call(memctl_cma_each)(each, data);
}

const char *memctl_mm_cma_name(struct cma *area)
{
	return static_call(memctl_cma_name)(area);
}

struct page *memctl_mm_cma_alloc(struct cma *area, unsigned long pages, unsigned int order)
{
	return static_call(memctl_cma_alloc)(area, pages, order, true);
}

bool memctl_mm_cma_release(struct cma *area, struct page *first, unsigned long pages)
{
	return static_call(memctl_cma_release)(area, first, pages);
}
#else
static const char memctl_cma_refusal[] = "this kernel was built without CMA (CONFIG_CMA)";

int memctl_mm_cma_init(void)
{
	return 0;
}

const char *memctl_mm_cma_refusal(void)
{
	return memctl_cma_refusal;
}

const char *memctl_mm_cma_alloc_refusal(void)
{
	return memctl_cma_refusal;
}

int memctl_mm_cma_each(int (*each)(struct cma *area, void *data), void *data)
{
	return 0;
}

const char *memctl_mm_cma_name(struct cma *area)
{
	return "";
}

unsigned int memctl_mm_cma_ranges(struct cma *area, struct memctl_mm_cma_range *ranges)
{
	return 0;
}

struct page *memctl_mm_cma_alloc(struct cma *area, unsigned long pages, unsigned int order)
{
	return NULL;
}

bool memctl_mm_cma_release(struct cma *area, struct page *first, unsigned long pages)
{
	return false;
}
#endif
