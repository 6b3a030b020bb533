/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The warm reserve: contiguous memory that is kept ready, so that who asks for some need not
 * wait until what is there has moved. It is nobody's meanwhile, and goes back to the page
 * allocator as soon as the machine is short of memory; it is filled again in the background.
 *
 * Short is a machine with less than a 32nd of its memory available, page cache being
 * available (memctl_mm_available()). That reclaim is at work alone says nothing: it is
 * always where files are read. All of it goes before the kernel kills a process for want of
 * memory, and what lies in memory that goes offline goes then.
 */
#ifndef MEMCTL_CONTIG_WARM_H
#define MEMCTL_CONTIG_WARM_H

#include <linux/types.h>

struct memctl_warm_info {
	unsigned long target;	/* pages to be kept; 0: no reserve */
	int node;		/* NUMA_NO_NODE: any */
	unsigned long pages;	/* kept now */
	unsigned long longest;	/* pages of the longest run of them */
	unsigned int runs;
	bool is_short;		/* memory is short: it is not being filled */
	/* since the module was loaded */
	u64 served, missed;	/* requests that it had room for, and those that it had none for */
	u64 given;		/* pages given back because memory was short */
	u64 filled;		/* pages */
};

/**
 * memctl_warm_set() - say how much is to be kept
 * @pages: 0 ends the reserve
 * @node: where, or NUMA_NO_NODE
 *
 * What is too much, or on another node, is given back before the return; what is missing
 * comes in the background.
 *
 * Context: Process context; sleeps.
 * Return: 0; -ERANGE: more than half of the memory there.
 */
int memctl_warm_set(unsigned long pages, int node);

void memctl_warm_tell(struct memctl_warm_info *info);

/**
 * memctl_warm_get() - have pages of the reserve
 * @pages: how many; not 0
 * @align: in pages, a power of two
 * @fits: whether pages from this pfn on may be had; NULL: all may. Under a spinlock
 * @data: for fits()
 * @start: the first pfn
 *
 * The pages are single ones with a reference each, as memctl_mm_take() gives them.
 *
 * Context: Process context; sleeps, but moves nothing.
 * Return: whether there were some.
 */
bool memctl_warm_get(unsigned long pages, unsigned long align,
		     bool (*fits)(unsigned long start, const void *data), const void *data,
		     unsigned long *start);

/*
 * Gives such pages, or others like them, back: to the reserve if it misses some, else to the
 * page allocator. Process context; sleeps.
 */
void memctl_warm_put(unsigned long start, unsigned long end);

int memctl_warm_init(void);
void memctl_warm_exit(void);	/* gives all back */

#endif /* MEMCTL_CONTIG_WARM_H */
