/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CMA areas: which there are, and memory of them. They are made at boot, and never go.
 */
#ifndef MEMCTL_MM_CMA_H
#define MEMCTL_MM_CMA_H

#include <linux/types.h>

struct cma;
struct page;

/* Ranges of one area: 8 at most up to 7.3; more are left out. */
#define MEMCTL_MM_CMA_RANGES	16

struct memctl_mm_cma_range {
	unsigned long start, end;	/* pfns */
};

/* Looks for the functions, once, at init, after the symbols; always 0. Nothing has to be undone. */
int memctl_mm_cma_init(void);

/* Why the others must not be called on this kernel, in a line for people; NULL: they may. */
const char *memctl_mm_cma_refusal(void);

/* Calls each() for all areas, until one returns other than 0, which is returned. */
int memctl_mm_cma_each(int (*each)(struct cma *area, void *data), void *data);

/* The name, NUL-terminated: the very pointer that the tracepoints give. Lasts. */
const char *memctl_mm_cma_name(struct cma *area);

/**
 * memctl_mm_cma_ranges() - where an area is
 * @area: the area
 * @ranges: MEMCTL_MM_CMA_RANGES of them, to be filled in, ascending
 *
 * Two ranges that adjoin are told as one.
 *
 * Context: Process context; takes some microseconds for each page block of the area.
 * Return: how many; 0: the area could not be set up at boot.
 */
unsigned int memctl_mm_cma_ranges(struct cma *area, struct memctl_mm_cma_range *ranges);

/* Why the following two must not be called; NULL: they may. */
const char *memctl_mm_cma_alloc_refusal(void);

/**
 * memctl_mm_cma_alloc() - take pages of an area
 * @area: the area
 * @pages: at least 1
 * @order: the first pfn is a multiple of 1 << this
 *
 * What is in use there moves elsewhere. Each page has a reference. Quiet in the log.
 *
 * Context: Process context; sleeps.
 * Return: the first page, or NULL.
 */
struct page *memctl_mm_cma_alloc(struct cma *area, unsigned long pages, unsigned int order);

/* Gives such pages back, or some of them. Sleeps. False: they are not of the area. */
bool memctl_mm_cma_release(struct cma *area, struct page *first, unsigned long pages);

#endif /* MEMCTL_MM_CMA_H */
