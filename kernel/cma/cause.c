// SPDX-License-Identifier: GPL-2.0
/*
 * Why an allocation failed.
 *
 * The kernel looks for a place by its own bitmap, tries to move what is in it, and goes on to
 * the next when that is busy. So there are two kinds of failures: no place was found, which
 * the figures tell; or places were tried in vain, and then a page in each of these is the cause.
 * Memory of an area that nobody has allocated is lent for what moves: one that is pinned
 * does not move, and one that is none of these should not be there.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "cma/failure.h"
#include "mm/classify.h"
#include "survey/survey.h"

/* Pages that are looked at for one failure. */
#define MEMCTL_CAUSE_PAGES	65536

enum memctl_cma_cause memctl_cause_by_figures(const struct memctl_cma_failure *failure)
{
	bool tried = failure->running.retried;

	if (failure->interrupted || failure->error == EINTR)
		return MEMCTL_CMA_INTERRUPTED;
	if (!tried && !failure->fits) {
		if (failure->pages <= failure->room.free)
			return MEMCTL_CMA_FRAGMENTED;
		return failure->other ? MEMCTL_CMA_WRONG_AREA : MEMCTL_CMA_TOO_SMALL;
	}
	if (tried && (failure->untold || failure->error != ENOMEM))
		return MEMCTL_CMA_UNKNOWN;
	/*
	 * There was room, and nothing of it was busy: either what was in it found none elsewhere,
	 * or somebody else was just trying all of it.
	 */
	if (failure->error == ENOMEM && !failure->others)
		return MEMCTL_CMA_NO_MEMORY;
	return MEMCTL_CMA_TRANSIENT;
}

/* What it means that such a page is where an allocation is to be. */
static enum memctl_cma_cause memctl_cause_of(const struct memctl_look *look)
{
	switch (look->class) {
	case MEMCTL_CLASS_PINNED:
		return MEMCTL_CMA_PINNED;
	case MEMCTL_CLASS_LRU_CACHED:
		return MEMCTL_CMA_TRANSIENT;
	case MEMCTL_CLASS_SLAB:
	case MEMCTL_CLASS_PAGE_TABLE:
	case MEMCTL_CLASS_RESERVED:
	case MEMCTL_CLASS_OFFLINE:
	case MEMCTL_CLASS_OTHER:
		return look->keeps ? MEMCTL_CMA_UNMOVABLE : MEMCTL_CMA_UNKNOWN;
	default:
		return MEMCTL_CMA_UNKNOWN;
	}
}

/* Looks at pages of one range. What somebody was given meanwhile was not in the way. */
static bool memctl_cause_in(struct memctl_cma_failure *failure, unsigned long pfn,
			    unsigned long end)
{
	const struct memctl_cma_range *range = memctl_cma_range_from(failure->area, pfn);

	while (pfn < end) {
		enum memctl_cma_cause cause;
		struct memctl_look look;

		if (test_bit(pfn - range->start + range->first, failure->area->bits.taken)) {
			pfn++;
			continue;
		}
		memctl_classify(pfn_to_page(pfn), pfn, &look);
		cause = memctl_cause_of(&look);
		if (cause == MEMCTL_CMA_TRANSIENT && !failure->pfn) {
			failure->pfn = pfn;
			failure->class = look.class;
		} else if (cause == MEMCTL_CMA_PINNED || cause == MEMCTL_CMA_UNMOVABLE) {
			failure->pfn = pfn;
			failure->class = look.class;
			failure->cause = cause;
			if (!memctl_owner_name(&look, failure->page_owner))
				failure->page_owner[0] = 0;
			return true;
		}
		pfn += look.pages;
	}
	return false;
}

bool memctl_cause_stays(struct memctl_cma_failure *failure)
{
	return memctl_cause_in(failure, failure->pfn, failure->pfn + 1);
}

bool memctl_cause_by_pages(struct memctl_cma_failure *failure)
{
	const struct memctl_running *running = &failure->running;
	unsigned long looked = 0, i;

	failure->cause = MEMCTL_CMA_UNKNOWN;
	failure->pfn = 0;
	for (i = 0; i < min_t(unsigned long, running->retried, MEMCTL_TRIED); i++) {
		unsigned long pfn = running->tried[i];
		unsigned long pages = min(failure->pages, MEMCTL_CAUSE_PAGES - looked);

		if (!memctl_cma_range_of(failure->area, pfn, pages))
			continue;
		if (memctl_cause_in(failure, pfn, pfn + pages))
			return true;
		looked += pages;
		cond_resched();
	}
	return false;
}
