/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contiguous memory from a CMA area: the kernel itself finds the place.
 */
#ifndef MEMCTL_CONTIG_AREA_H
#define MEMCTL_CONTIG_AREA_H

#include <linux/types.h>

struct cma;

/* Why there is no memory from areas on this kernel; NULL: there is. */
const char *memctl_area_refusal(void);

/* The area of that name, or NULL. It is of use only without a refusal. */
struct cma *memctl_area_find(const char *name);

/* How many pages it has, in its largest part. */
unsigned long memctl_area_pages(struct cma *area);

/**
 * memctl_area_take() - take pages of an area
 * @area: the area
 * @pages: how many; not 0
 * @align: the first pfn is a multiple of it; a power of two
 * @start: out: the first pfn
 * @moved: out: how many of them were in use
 *
 * Context: Process context; sleeps for as long as what is in the way takes to move.
 * Return: 0; -EBUSY: there is no place that can be emptied; -ENOMEM.
 */
int memctl_area_take(struct cma *area, unsigned long pages, unsigned long align,
		     unsigned long *start, u64 *moved);

/* Gives such pages back. Sleeps. */
void memctl_area_give(struct cma *area, unsigned long start, unsigned long pages);

#endif /* MEMCTL_CONTIG_AREA_H */
