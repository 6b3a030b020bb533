/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages to move to, outside a range.
 */
#ifndef MEMCTL_TARGET_H
#define MEMCTL_TARGET_H

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

void memctl_targets_init(struct memctl_targets *targets, unsigned long start, unsigned long end,
			 int node);

/* Gives back what was held. */
void memctl_targets_free(struct memctl_targets *targets);

/*
 * A page for the content of src: on the asked node, else preferably on src's own;
 * in no zone that src's could not be in. NULL: there is none without reclaim that
 * waits for long. May sleep.
 */
struct page *memctl_target_get(struct memctl_targets *targets, struct page *src);

/* The target was not used. */
void memctl_target_unused(struct memctl_targets *targets, struct page *page);

#endif /* MEMCTL_TARGET_H */
