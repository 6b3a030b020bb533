/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Surplus: pages that the page allocator gave where it was asked for others. It cannot be
 * told which pages are wanted; so who looks for some keeps what is not, for a while, for it
 * would be given again at once.
 *
 * Others need that memory, too. So there is a largest number for each request; all of it is
 * given back when the kernel is about to kill a process for want of memory, and what lies in
 * memory that goes offline is given back then.
 */
#ifndef MEMCTL_SURPLUS_SURPLUS_H
#define MEMCTL_SURPLUS_SURPLUS_H

#include <linux/list.h>
#include <linux/types.h>

struct page;

struct memctl_surplus {
	struct list_head node;
	struct list_head pages;
	unsigned long nr;	/* pages added so far, those that were given back included */
	unsigned long max;	/* of nr; the owner may raise it */
	bool wanted;		/* memory was short: all was given back, and no more is taken */
};

/* Both sleep; the second gives back all that is held. */
void memctl_surplus_begin(struct memctl_surplus *surplus, unsigned long max);
void memctl_surplus_end(struct memctl_surplus *surplus);

/*
 * Keeps a single page, with the reference that the page allocator gave. False: there is
 * enough, or memory is short; the page was given back. Sleeps.
 */
bool memctl_surplus_add(struct memctl_surplus *surplus, struct page *page);

/* Is there room for one more? */
static inline bool memctl_surplus_may(const struct memctl_surplus *surplus)
{
	return surplus->nr < surplus->max && !READ_ONCE(surplus->wanted);
}

int memctl_surplus_init(void);
void memctl_surplus_exit(void);

#endif /* MEMCTL_SURPLUS_SURPLUS_H */
