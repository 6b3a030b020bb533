/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CMA areas, and what is noted of each. They are found once, before any event, and stay.
 *
 * Locks, in this order, all of them raw and taken with interrupts off, for a release comes in any
 * context: an area's; the pool's of note.c. Those of running.c and failure.c are taken with no
 * other. None is held while a function of the kernel's is called that may take one.
 */
#ifndef MEMCTL_CMA_AREA_H
#define MEMCTL_CMA_AREA_H

#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <uapi/memctl.h>

#include "cma/bits.h"
#include "cma/needed.h"
#include "mm/cma.h"

struct memctl_cma_range {
	unsigned long start, end;	/* pfns */
	unsigned long first;		/* the number of its first page */
};

struct memctl_cma_counts {
	u64 succeeded, failed, released, retried, migrated, lost;
	u64 before, unknown;		/* pages */
	u64 peak, align_max;		/* pages */
	u64 by_order[MEMCTL_CMA_ORDERS];
	u64 by_cause[MEMCTL_CMA_CAUSE_MAX + 1];
};

struct memctl_cma_area {
	struct cma *cma;
	const char *name;		/* the kernel's, by whose address areas are told apart */
	unsigned long pages;
	unsigned int nr_ranges;
	struct memctl_cma_range ranges[MEMCTL_MM_CMA_RANGES];	/* ascending */

	raw_spinlock_t lock;		/* guards all below */
	struct memctl_bits bits;
	unsigned long *scanned;		/* in a scan: what looks allocated; else NULL */
	struct rb_root notes;		/* by pfn */
	struct memctl_needed needed;
	struct memctl_cma_counts counts;
	u64 lost_seen;			/* judge.c's own */
};

extern struct memctl_cma_area *memctl_cma_areas;	/* ascending */
extern unsigned int memctl_cma_nr_areas;

/* Finds all areas. 0 or -ENOMEM. Sleeps, as does the other, which is called after an error, too. */
int memctl_cma_areas_init(void);
void memctl_cma_areas_exit(void);

/* The area that a tracepoint names, or NULL. Any context. */
struct memctl_cma_area *memctl_cma_area_of(const char *name);

/* The first area with this name, or NULL. */
struct memctl_cma_area *memctl_cma_area_named(const char *name);

/* The range of the area that has the pfn; else the first one behind it; NULL: there is none. */
const struct memctl_cma_range *memctl_cma_range_from(const struct memctl_cma_area *area,
						     unsigned long pfn);

/* Are all these pages in one range? */
const struct memctl_cma_range *memctl_cma_range_of(const struct memctl_cma_area *area,
						   unsigned long pfn, unsigned long pages);

/* Counts a failure's cause. Any context, without the lock. */
void memctl_cma_count_cause(struct memctl_cma_area *area, enum memctl_cma_cause cause);

/* Free pages, in how many runs, and the longest of these. Any context; the lock is not needed. */
struct memctl_cma_room {
	unsigned long free, runs, longest;
};

void memctl_cma_room(const struct memctl_cma_area *area, struct memctl_cma_room *room);

/* Is there room for so many pages, aligned to a power of two, by what is allocated? As above. */
bool memctl_cma_fits(const struct memctl_cma_area *area, unsigned long pages, unsigned long align);

#endif /* MEMCTL_CMA_AREA_H */
