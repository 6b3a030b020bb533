/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds memory for a fence, and takes it, a piece at a time: large ones first, and halves
 * where that fails.
 */
#ifndef MEMCTL_FENCE_TAKE_H
#define MEMCTL_FENCE_TAKE_H

#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include <uapi/memctl.h>

#include "surplus/surplus.h"

/* Pfns that one piece looks at, at most; a power of two, and so are their borders. */
#ifndef MEMCTL_TAKE_LOOK
#define MEMCTL_TAKE_LOOK	262144
#endif

struct memctl_held;
struct page;
struct zone;

/* What is asked for, and what came of it. */
struct memctl_fence_request {
	unsigned long start, end;	/* pfns, in the fence */
	unsigned long next;		/* in: where to begin; out: where to go on */
	unsigned long left;		/* pages that may yet be taken, or tried to be */
	enum memctl_fence_what what;
	unsigned long smallest;		/* pages of a run, or a piece; a power of two */
	u64 failed;			/* pages */
};

/* Where a request is. */
struct memctl_take {
	struct memctl_fence_request request;
	unsigned long run_end;		/* of the run that is being taken, from request.next on */
	unsigned long size;		/* of its pieces, a power of two */

	/* Of scattered memory: */
	struct zone *zone;		/* of the run */
	unsigned long seen;		/* a pfn of the run in that zone */
	unsigned long wanted;		/* pages of the run that were free, and are not held yet */
	struct memctl_surplus surplus;	/* pages that are not of the fence */
};

/* Before the first piece, with the request filled in, and behind the last. Both sleep. */
void memctl_take_begin(struct memctl_take *take);
void memctl_take_end(struct memctl_take *take);

static inline bool memctl_take_is_over(const struct memctl_take *take)
{
	const struct memctl_fence_request *request = &take->request;

	return request->next >= request->end || (!request->left && !take->wanted);
}

/* How far a piece looks, from the request's next on. */
static inline unsigned long memctl_take_horizon(const struct memctl_fence_request *request)
{
	return min(request->end, ALIGN_DOWN(request->next, MEMCTL_TAKE_LOOK) + MEMCTL_TAKE_LOOK);
}

/* So many pages were taken, or tried to be. */
static inline void memctl_take_count(struct memctl_fence_request *request, unsigned long pages)
{
	request->left -= min(request->left, pages);
}

/**
 * memctl_take_piece() - take the next piece
 * @held: what the fence holds
 * @take: where the request is; its next is behind the piece on return
 *
 * A piece in use has some ten megabytes, a free one some hundred: so much takes a tenth of a
 * second or two. Where MEMCTL_TAKE_LOOK pfns have nothing to take, none is taken.
 *
 * Context: Process context; sleeps. No memory goes offline but what
 * memctl_fence_is_going() tells of, until the caller lets it.
 * Return: 0; -ENOMEM, -EINTR as memctl_mm_take(), with next where it was.
 */
int memctl_take_piece(struct memctl_held *held, struct memctl_take *take);

/* The same for MEMCTL_FENCE_SCATTERED. */
int memctl_take_scattered(struct memctl_held *held, struct memctl_take *take);

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
