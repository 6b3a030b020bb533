/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests go on side by side. Where one of them is at work no other may be: alloc_contig_range()
 * does not bear that (mm/contig.h). So each claims the place that it tries.
 */
#ifndef MEMCTL_CONTIG_CLAIM_H
#define MEMCTL_CONTIG_CLAIM_H

#include <linux/list.h>
#include <linux/types.h>

struct memctl_claim {
	struct list_head node;
	unsigned long start, end;	/* pfns */
};

/*
 * Claims [start, end), with all that alloc_contig_range() isolates, or looks at for a page that
 * reaches into it. False: another has some of that. Any context that may take a spinlock.
 */
bool memctl_claim(struct memctl_claim *claim, unsigned long start, unsigned long end);

/* Ends a claim, and wakes who waits for that. */
void memctl_unclaim(struct memctl_claim *claim);

/* Is memory of [start, end) being tried? Any context that may take a spinlock. */
bool memctl_claimed(unsigned long start, unsigned long end);

/* How many claims have ended so far. */
unsigned long memctl_claims_ended(void);

/*
 * Waits so many jiffies, or with @busy until more claims than @ended have ended. Below 0: a
 * signal came first, with @patient a deadly one.
 */
long memctl_claims_wait(bool busy, unsigned long ended, long timeout, bool patient);

#endif /* MEMCTL_CONTIG_CLAIM_H */
