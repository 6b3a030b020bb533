/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's tracepoints tell of CMA, without the differences between versions.
 */
#ifndef MEMCTL_MM_CMA_EVENTS_H
#define MEMCTL_MM_CMA_EVENTS_H

#include <linux/types.h>

/**
 * struct memctl_cma_events - who is told
 * @start: the current task asks for memory of the area with this name (the pointer of
 *	memctl_mm_cma_name()), of so many pages, the first pfn a multiple of 1 << order
 * @busy: of one such request: the pages from pfn on were tried, and some do not move
 * @finish: that request has ended: with the pages from pfn on, or with an error below 0.
 *	-ENODATA: the kernel does not tell which
 * @release: pages of the area are free for others; some may be allocated already
 * @migrated: the current task has moved so many pages, for whatever it does
 *
 * All may be called at once, on all CPUs. The first three and the last come in the task that
 * asks, which may sleep, but for the call itself: none of these may. Release comes in any context
 * but NMI.
 */
struct memctl_cma_events {
	void (*start)(const char *name, unsigned long pages, unsigned int order);
	void (*busy)(const char *name, unsigned long pfn);
	void (*finish)(const char *name, unsigned long pfn, unsigned long pages, unsigned int order,
		       int error);
	void (*release)(const char *name, unsigned long pfn, unsigned long pages);
	void (*migrated)(unsigned long pages);
};

/*
 * Ends a start always with a finish? Else (on kernels whose start does not tell the area's size,
 * as 6.12) there is none for a request that is larger than the area.
 */
bool memctl_mm_cma_finishes(void);

/*
 * Begins to tell. NULL; or, in a line for people, why that cannot be on this kernel. @events
 * has to last until memctl_mm_cma_deafen(), after which nobody is called, or being called.
 * Both sleep.
 */
const char *memctl_mm_cma_listen(const struct memctl_cma_events *events);
void memctl_mm_cma_deafen(void);

#endif /* MEMCTL_MM_CMA_EVENTS_H */
