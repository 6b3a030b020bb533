/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which pages a fence holds: a bit for each, in a bitmap for each section that has
 * some.
 *
 * A bit is claimed by clearing it, atomically: who does so gives the page back. So
 * giving back needs no lock, and may go on beside a request that takes more.
 */
#ifndef MEMCTL_FENCE_HELD_H
#define MEMCTL_FENCE_HELD_H

#include <linux/atomic.h>
#include <linux/xarray.h>

struct memctl_held {
	struct xarray sections;		/* bitmaps, by section number */
	atomic64_t pages;
};

void memctl_held_init(struct memctl_held *held);

/* Frees the bitmaps; nothing is held. */
void memctl_held_destroy(struct memctl_held *held);

/* Makes bitmaps for [start, end), before pages of it are taken. 0 or -ENOMEM. Sleeps. */
int memctl_held_prepare(struct memctl_held *held, unsigned long start, unsigned long end);

/* Notes the pages [start, end), which were taken. Bitmaps are prepared. Sleeps. */
void memctl_held_add(struct memctl_held *held, unsigned long start, unsigned long end);

/* Gives back what is held of [start, end): so many pages. Sleeps. */
unsigned long memctl_held_give(struct memctl_held *held, unsigned long start, unsigned long end);

/* The first pfn in [pfn, end) that is held, or that is not; else end. */
unsigned long memctl_held_next(struct memctl_held *held, unsigned long pfn, unsigned long end);
unsigned long memctl_held_next_not(struct memctl_held *held, unsigned long pfn, unsigned long end);

#endif /* MEMCTL_FENCE_HELD_H */
