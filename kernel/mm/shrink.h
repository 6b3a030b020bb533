/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A shrinker, whose registration has changed (Linux 6.7), and how short memory is.
 */
#ifndef MEMCTL_MM_SHRINK_H
#define MEMCTL_MM_SHRINK_H

#include <linux/types.h>

/*
 * Both are called by whoever reclaims, on any CPU, several at a time; they may hold locks of
 * file systems, so nothing may be allocated. @node: whose memory is short.
 */
struct memctl_mm_shrinker {
	/* Pages that can be given back now; half of them are asked for at a time. */
	unsigned long (*count)(int node);
	/* Gives back so many, or some more. Return: pages. */
	unsigned long (*give)(int node, unsigned long pages);
};

/* One for the module. 0 or -ENOMEM. Both sleep; the calls are over when the second returns. */
int memctl_mm_shrinker_init(const struct memctl_mm_shrinker *shrinker);
void memctl_mm_shrinker_exit(void);

/*
 * Pages that the machine can have without swapping, page cache included, as
 * MemAvailable in /proc/meminfo. Any context.
 */
unsigned long memctl_mm_available(void);

/* Pages that the page allocator of all nodes has altogether. */
unsigned long memctl_mm_total(void);

#endif /* MEMCTL_MM_SHRINK_H */
