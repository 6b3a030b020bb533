// SPDX-License-Identifier: GPL-2.0
/*
 * The shadow of an area. Its map is a few times as large as the area: what is allocated at a time
 * fits into the area, and first fit wastes less than that. Only what has failed may be larger, and
 * that is never placed for long.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "cma/bits.h"
#include "cma/needed.h"

#define MEMCTL_NEEDED_TIMES	4

int memctl_needed_init(struct memctl_needed *needed, unsigned long pages, unsigned long most)
{
	needed->most = most;
	needed->size = MEMCTL_NEEDED_TIMES * pages;
	needed->pages = 0;
	needed->map = kvcalloc(BITS_TO_LONGS(needed->size), sizeof(long), GFP_KERNEL);
	return needed->map ? 0 : -ENOMEM;
}

void memctl_needed_destroy(struct memctl_needed *needed)
{
	kvfree(needed->map);
	needed->map = NULL;
}

/* There is always a place, in the map or behind it. */
static unsigned long memctl_needed_place(struct memctl_needed *needed, unsigned long pages,
					 unsigned long align)
{
	unsigned long place = memctl_map_fit(needed->map, 0, needed->size, pages, align, 0);

	if (place == needed->size) {
		unsigned long last = find_last_bit(needed->map, needed->size);

		/* What is free at the map's end goes on behind it. */
		place = last == needed->size ? 0 : ALIGN(last + 1, align);
	}
	if (place + pages >= pages && place + pages <= needed->most)
		needed->pages = max(needed->pages, place + pages);
	return place;
}

unsigned long memctl_needed_take(struct memctl_needed *needed, unsigned long pages,
				 unsigned long align)
{
	unsigned long place = memctl_needed_place(needed, pages, align);

	if (pages > needed->size || place > needed->size - pages)
		return MEMCTL_UNPLACED;
	bitmap_set(needed->map, place, pages);
	return place;
}

void memctl_needed_give(struct memctl_needed *needed, unsigned long place, unsigned long pages)
{
	if (place != MEMCTL_UNPLACED)
		bitmap_clear(needed->map, place, pages);
}

void memctl_needed_ask(struct memctl_needed *needed, unsigned long pages, unsigned long align)
{
	memctl_needed_place(needed, pages, align);
}
