/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What contiguous memory is looked for.
 */
#ifndef MEMCTL_CONTIG_REQUEST_H
#define MEMCTL_CONTIG_REQUEST_H

#include <linux/types.h>

struct cma;

/* Pfns [start, end). */
struct memctl_pfns {
	u64 start, end;
};

/* What is looked for. */
struct memctl_contig_request {
	unsigned long pages;			/* not 0 */
	unsigned long align;			/* pages, a power of two */
	int node;				/* or NUMA_NO_NODE */
	bool movable_zone;			/* only in zone Movable */
	struct cma *area;			/* from this one; NULL: from none */
	struct memctl_pfns *exclude;		/* must not be taken */
	unsigned int nr_exclude;
	/*
	 * It is for the free memory that its places become: they have something in use, nothing
	 * that would have to be waited for, and find room without reclaim, in pieces that are
	 * smaller than they are. None is waited for, and where there is no more it ends.
	 */
	bool compacts;
	u64 dearest;				/* what a place may cost, in pages; 0: anything */
	unsigned long together;			/* places in a row, taken at once: pages */
	bool patient;				/* only a deadly signal ends it */
	bool (*stop)(void);			/* so does this; NULL: nothing else */
	/*
	 * The pages [start, end) are taken, and maybe more will be: an error gives all of them
	 * back, and is the request's. NULL: nobody is asked. Process context; sleeps.
	 */
	int (*took)(unsigned long start, unsigned long end);
};

/* Is the request to end? */
bool memctl_request_is_over(const struct memctl_contig_request *request);

/* May it be on that node, by its own words and the cpuset of who asks, now? */
bool memctl_request_has_node(const struct memctl_contig_request *request, int node);

/* Is something of [start, end) in a range that must not be taken? */
bool memctl_request_excludes(const struct memctl_contig_request *request, unsigned long start,
			     unsigned long end);

#endif /* MEMCTL_CONTIG_REQUEST_H */
