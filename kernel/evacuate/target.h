/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages to move to, outside a range.
 */
#ifndef MEMCTL_EVACUATE_TARGET_H
#define MEMCTL_EVACUATE_TARGET_H

#include <linux/list.h>
#include <linux/types.h>

struct page;

struct memctl_targets {
	unsigned long start, end;	/* pfns that are no targets */
	int node;			/* or NUMA_NO_NODE */
	unsigned int order;		/* of the next allocation */
	struct list_head inside;	/* pages of the range, held so as not to be given again */
	struct list_head ready;		/* single pages outside it */
	gfp_t ready_gfp;		/* for what sources they are */
	int ready_node;
};

/*
 * The targets for a range, for one evacuation at a time; waits for another to end.
 * What the last request for the same range held is held still. NULL: a signal came.
 */
struct memctl_targets *memctl_targets_begin(unsigned long start, unsigned long end, int node);

/* @last: the range is done. Else what is held stays so for a moment, for the next request. */
void memctl_targets_end(struct memctl_targets *targets, bool last);

/* At module exit: no evacuation runs. */
void memctl_targets_exit(void);

/*
 * A page for the content of src: on the asked node, else preferably on src's own;
 * in no zone that src's could not be in. NULL: there is none without reclaim that
 * waits for long. May sleep.
 */
struct page *memctl_target_get(struct memctl_targets *targets, struct page *src);

/* The target was not used. */
void memctl_target_unused(struct memctl_targets *targets, struct page *page);

#endif /* MEMCTL_EVACUATE_TARGET_H */
