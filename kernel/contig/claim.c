// SPDX-License-Identifier: GPL-2.0
#include <linux/align.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "contig/claim.h"
#include "mm/contig.h"

static DEFINE_SPINLOCK(memctl_claims_lock);
static LIST_HEAD(memctl_claims);
static unsigned long memctl_claims_over;	/* so many have ended */
static DECLARE_WAIT_QUEUE_HEAD(memctl_claims_queue);

static bool memctl_claims_overlap(unsigned long start, unsigned long end)
{
	const struct memctl_claim *claim;

	list_for_each_entry(claim, &memctl_claims, node) {
		if (start < claim->end && end > claim->start)
			return true;
	}
	return false;
}

bool memctl_claimed(unsigned long start, unsigned long end)
{
	bool claimed;

	spin_lock(&memctl_claims_lock);
	claimed = memctl_claims_overlap(start, end);
	spin_unlock(&memctl_claims_lock);
	return claimed;
}

bool memctl_claim(struct memctl_claim *claim, unsigned long start, unsigned long end)
{
	unsigned long size = memctl_mm_take_border();
	bool mine;

	claim->start = ALIGN_DOWN(start, size);
	claim->end = ALIGN(end, size);
	spin_lock(&memctl_claims_lock);
	mine = !memctl_claims_overlap(claim->start, claim->end);
	if (mine)
		list_add(&claim->node, &memctl_claims);
	spin_unlock(&memctl_claims_lock);
	return mine;
}

void memctl_unclaim(struct memctl_claim *claim)
{
	spin_lock(&memctl_claims_lock);
	list_del(&claim->node);
	WRITE_ONCE(memctl_claims_over, memctl_claims_over + 1);
	spin_unlock(&memctl_claims_lock);
	wake_up_all(&memctl_claims_queue);
}

unsigned long memctl_claims_ended(void)
{
	return READ_ONCE(memctl_claims_over);
}

long memctl_claims_wait(bool busy, unsigned long ended, long timeout, bool patient)
{
	if (patient)
		return wait_event_killable_timeout(memctl_claims_queue,
						   busy && ended != memctl_claims_ended(),
						   timeout);
	return wait_event_interruptible_timeout(memctl_claims_queue,
						busy && ended != memctl_claims_ended(), timeout);
}
