/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How large an area would have had to be: all that is asked for is placed in a shadow of the
 * area that has room for everything, by first fit, and its highest page counts.
 *
 * In an area of just that size first fit does the same, and nothing fails for want of room; in
 * a smaller one the allocation that reached that page fails. So it is the least size.
 */
#ifndef MEMCTL_CMA_NEEDED_H
#define MEMCTL_CMA_NEEDED_H

#include <linux/limits.h>
#include <linux/types.h>

/* Of what was not placed. */
#define MEMCTL_UNPLACED	ULONG_MAX

struct memctl_needed {
	unsigned long *map;
	unsigned long size;		/* bits of the map */
	unsigned long pages;		/* the result */
	unsigned long most;		/* and what it cannot be */
};

/*
 * For an area of so many pages; what would need more than the most does not count, for there is no
 * such area. 0 or -ENOMEM. Sleeps, as does the other.
 */
int memctl_needed_init(struct memctl_needed *needed, unsigned long pages, unsigned long most);
void memctl_needed_destroy(struct memctl_needed *needed);

/*
 * An allocation of so many pages, aligned to a power of two: where it was placed, for give(). One
 * that finds no place in the map counts for the result only. The caller has the area's lock.
 */
unsigned long memctl_needed_take(struct memctl_needed *needed, unsigned long pages,
				 unsigned long align);

/* Pages that were placed are free. */
void memctl_needed_give(struct memctl_needed *needed, unsigned long place, unsigned long pages);

/* An allocation that has failed: it was asked for, and is over. */
void memctl_needed_ask(struct memctl_needed *needed, unsigned long pages, unsigned long align);

#endif /* MEMCTL_CMA_NEEDED_H */
