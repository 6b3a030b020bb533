// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/mmzone.h>
#include <linux/slab.h>

#include "fence/held.h"
#include "mm/contig.h"

void memctl_held_init(struct memctl_held *held)
{
	xa_init(&held->sections);
	atomic64_set(&held->pages, 0);
}

void memctl_held_destroy(struct memctl_held *held)
{
	unsigned long section;
	void *bitmap;

	xa_for_each(&held->sections, section, bitmap)
		kvfree(bitmap);
	xa_destroy(&held->sections);
}

static unsigned long *memctl_held_bitmap(struct memctl_held *held, unsigned long pfn)
{
	return xa_load(&held->sections, pfn_to_section_nr(pfn));
}

/* The end of pfn's section, or end if that is before. */
static unsigned long memctl_held_border(unsigned long pfn, unsigned long end)
{
	return min(end, ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION);
}

static unsigned long memctl_held_bit(unsigned long pfn)
{
	return pfn & (PAGES_PER_SECTION - 1);
}

int memctl_held_prepare(struct memctl_held *held, unsigned long start, unsigned long end)
{
	for (; start < end; start = memctl_held_border(start, end)) {
		unsigned long *bitmap;
		int err;

		if (memctl_held_bitmap(held, start))
			continue;
		bitmap = kvcalloc(BITS_TO_LONGS(PAGES_PER_SECTION), sizeof(*bitmap), GFP_KERNEL);
		if (!bitmap)
			return -ENOMEM;
		err = xa_insert(&held->sections, pfn_to_section_nr(start), bitmap, GFP_KERNEL);
		if (err) {
			kvfree(bitmap);
			return err;
		}
	}
	return 0;
}

void memctl_held_add(struct memctl_held *held, unsigned long start, unsigned long end)
{
	unsigned long pfn;

	memctl_mm_mark(start, end);
	atomic64_add(end - start, &held->pages);
	for (pfn = start; pfn < end; pfn++)
		set_bit(memctl_held_bit(pfn), memctl_held_bitmap(held, pfn));
}

unsigned long memctl_held_give(struct memctl_held *held, unsigned long start, unsigned long end)
{
	unsigned long given = 0, pfn = start;

	while (pfn < end) {
		unsigned long border = memctl_held_border(pfn, end), first;
		unsigned long *bitmap = memctl_held_bitmap(held, pfn);

		if (!bitmap) {
			pfn = border;
			continue;
		}
		for (first = pfn; pfn < border; pfn++) {
			if (!test_and_clear_bit(memctl_held_bit(pfn), bitmap))
				break;
		}
		if (pfn > first) {
			memctl_mm_unmark(first, pfn);
			memctl_mm_give(first, pfn);
			given += pfn - first;
			atomic64_sub(pfn - first, &held->pages);
		}
		pfn = memctl_held_next(held, pfn, border);
	}
	return given;
}

unsigned long memctl_held_next(struct memctl_held *held, unsigned long pfn, unsigned long end)
{
	while (pfn < end) {
		unsigned long border = memctl_held_border(pfn, end), found = border;
		unsigned long *bitmap = memctl_held_bitmap(held, pfn), bit = memctl_held_bit(pfn);

		if (bitmap)
			found = pfn - bit + find_next_bit(bitmap, bit + (border - pfn), bit);
		if (found < border)
			return found;
		pfn = border;
	}
	return end;
}

unsigned long memctl_held_next_not(struct memctl_held *held, unsigned long pfn, unsigned long end)
{
	while (pfn < end) {
		unsigned long border = memctl_held_border(pfn, end), found = pfn;
		unsigned long *bitmap = memctl_held_bitmap(held, pfn), bit = memctl_held_bit(pfn);

		if (bitmap)
			found = pfn - bit + find_next_zero_bit(bitmap, bit + (border - pfn), bit);
		if (found < border)
			return found;
		pfn = border;
	}
	return end;
}
