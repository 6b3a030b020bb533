/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a page is used for, told without a lock or a reference: a page that changes
 * meanwhile may be told wrongly, and nothing worse.
 */
#ifndef MEMCTL_MM_CLASSIFY_H
#define MEMCTL_MM_CLASSIFY_H

#include <linux/types.h>

#include "mm/look.h"

struct page;

/*
 * Looks at the page with this pfn. The memory map around it, to the ends of its
 * section, has to stay. Any context.
 */
void memctl_classify(struct page *page, unsigned long pfn, struct memctl_look *look);

/* The look at so many pages of a CMA area (mm/contig.h), whatever they are used for. */
void memctl_classify_cma(struct memctl_look *look, unsigned long pages);

/* What the class of a single page on an LRU list follows from. */
struct memctl_like {
	unsigned long flags;		/* those that count */
	unsigned long mapping;		/* its kind */
	int refs, mapped;
};

void memctl_like_read(struct page *page, struct memctl_like *like);

/*
 * How many of so many pages, from this one on, have the class that a look at this
 * one has told, without a look at each: those of which all is the same as was read of
 * this one before that look. 0: it has changed since, or is none that this holds for.
 */
unsigned long memctl_alike(struct page *page, unsigned long pages,
			   const struct memctl_look *look, const struct memctl_like *like);

#endif /* MEMCTL_MM_CLASSIFY_H */
