// SPDX-License-Identifier: GPL-2.0
/*
 * Bitmaps of a CMA area. Their writers have the area's lock. Who only counts needs none: words
 * are read one by one, and what changes meanwhile is counted as it was or as it is.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "cma/bits.h"

int memctl_bits_init(struct memctl_bits *bits, unsigned long size)
{
	bits->size = size;
	bits->used = 0;
	bits->taken = kvcalloc(BITS_TO_LONGS(size), sizeof(long), GFP_KERNEL);
	bits->late = kvcalloc(BITS_TO_LONGS(size), sizeof(long), GFP_KERNEL);
	return bits->taken && bits->late ? 0 : -ENOMEM;
}

void memctl_bits_destroy(struct memctl_bits *bits)
{
	kvfree(bits->taken);
	kvfree(bits->late);
	bits->taken = NULL;
	bits->late = NULL;
}

unsigned long memctl_bits_take(struct memctl_bits *bits, unsigned long first, unsigned long end,
			       bool ghosts)
{
	unsigned long bit = first, stop, were = 0;

	while ((bit = find_next_bit(bits->taken, end, bit)) < end) {
		stop = find_next_zero_bit(bits->taken, end, bit);
		if (ghosts)
			bitmap_set(bits->late, bit, stop - bit);
		were += stop - bit;
		bit = stop;
	}
	bitmap_set(bits->taken, first, end - first);
	bits->used += end - first - were;
	return were;
}

bool memctl_bits_give(struct memctl_bits *bits, unsigned long *first, unsigned long *stop,
		      unsigned long end)
{
	unsigned long bit;

	*stop = find_next_zero_bit(bits->late, end, *first);
	if (*stop > *first)
		bitmap_clear(bits->late, *first, *stop - *first);
	*first = *stop;
	if (*first >= end)
		return false;
	*stop = find_next_bit(bits->late, end, *first);
	for (bit = *first; (bit = find_next_bit(bits->taken, *stop, bit)) < *stop;) {
		unsigned long next = find_next_zero_bit(bits->taken, *stop, bit);

		bits->used -= next - bit;
		bit = next;
	}
	bitmap_clear(bits->taken, *first, *stop - *first);
	return true;
}

void memctl_bits_count(const struct memctl_bits *bits, unsigned long first, unsigned long end,
		       unsigned long *runs, unsigned long *longest)
{
	while ((first = find_next_zero_bit(bits->taken, end, first)) < end) {
		unsigned long stop = find_next_bit(bits->taken, end, first);

		(*runs)++;
		*longest = max(*longest, stop - first);
		first = stop;
	}
}

unsigned long memctl_map_fit(const unsigned long *map, unsigned long from, unsigned long end,
			     unsigned long pages, unsigned long align, unsigned long base)
{
	while (from < end) {
		unsigned long first, taken;

		from = find_next_zero_bit(map, end, from);
		first = ALIGN(base + from, align) - base;
		if (first < from || first >= end || end - first < pages)
			break;
		taken = find_next_bit(map, first + pages, first);
		if (taken >= first + pages)
			return first;
		from = taken + 1;
	}
	return end;
}
