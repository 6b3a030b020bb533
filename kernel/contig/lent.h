/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that somebody was given: it does not go offline. In a zone for movable pages the VM
 * takes pages with a reference for some that are about to move, and would wait for them for ever,
 * with memory hotplug locked. So it is told.
 */
#ifndef MEMCTL_CONTIG_LENT_H
#define MEMCTL_CONTIG_LENT_H

#include <linux/types.h>

/**
 * memctl_lent_add() - the pages [start, end) are somebody's
 * @start: the first pfn; ours, or on their way to us
 * @end: behind the last
 *
 * Memory that goes offline may have begun to before: ask memctl_fence_wants() behind this.
 *
 * Context: Process context; sleeps.
 * Return: 0 or -ENOMEM.
 */
int memctl_lent_add(unsigned long start, unsigned long end);

/* They are nobody's again; before they are given back. Any context that may take a spinlock. */
void memctl_lent_remove(unsigned long start);

/* Behind fences, which hear first of memory that goes. */
int memctl_lent_init(void);
void memctl_lent_exit(void);

#endif /* MEMCTL_CONTIG_LENT_H */
