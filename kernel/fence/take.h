/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds memory for a fence, and takes it, a piece at a time: the largest that can be had
 * at once first, and halves where that fails.
 */
#ifndef MEMCTL_FENCE_TAKE_H
#define MEMCTL_FENCE_TAKE_H

#include <linux/list.h>

#include "fence/fence.h"
#include "fence/held.h"

/* Where a request is. */
struct memctl_take {
	unsigned long run_end;		/* of the run that is being taken, from request->next on */
	unsigned long size;		/* of its pieces; 0: it is tried as a whole */

	/* Of scattered memory: */
	struct zone *zone;		/* of the run */
	unsigned long seen;		/* a pfn of the run in that zone */
	unsigned long wanted;		/* pages of the run that were free, and are not held yet */
	struct list_head node;
	struct list_head aside;		/* pages that are not of the fence */
	unsigned long n_aside, aside_max;
};

/* Before the first piece, and behind the last: gives back what was set aside. Both sleep. */
void memctl_take_begin(struct memctl_take *take);
void memctl_take_end(struct memctl_take *take);

/* [start, end) is going: gives back what requests have set aside there. Sleeps. */
void memctl_takes_going(unsigned long start, unsigned long end);

/**
 * memctl_take_piece() - take the next piece
 * @held: what the fence holds
 * @request: its next is behind the piece on return
 * @take: where the request is
 * @limit: the pfn to stop at
 *
 * Context: Process context; sleeps. No memory goes offline but what
 * memctl_fence_is_going() tells of, until the caller lets it.
 * Return: 0; -ENOMEM, -EINTR as memctl_mm_take(), with next where it was.
 */
int memctl_take_piece(struct memctl_held *held, struct memctl_fence_request *request,
		      struct memctl_take *take, unsigned long limit);

/* The same for MEMCTL_FENCE_SCATTERED. */
int memctl_take_scattered(struct memctl_held *held, struct memctl_fence_request *request,
			  struct memctl_take *take, unsigned long limit);

/*
 * The page, if it is online and will be for as long as the caller holds the fence, and
 * nobody else is at its page block.
 */
struct page *memctl_take_page(unsigned long pfn);

/*
 * The first page from this one on, which is online, that may be free, or the end of its
 * section, or limit: most pages are in use, have a reference, and need no closer look.
 */
unsigned long memctl_take_skip_used(unsigned long pfn, unsigned long limit);

/* Is memory of [start, end) going offline? notify.c */
bool memctl_fence_is_going(unsigned long start, unsigned long end);

#endif /* MEMCTL_FENCE_TAKE_H */
