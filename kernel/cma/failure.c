// SPDX-License-Identifier: GPL-2.0
/*
 * The ring of failures.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "cma/failure.h"

static DEFINE_RAW_SPINLOCK(memctl_failures_lock);	/* guards the two below */
static struct memctl_cma_failure *memctl_failures;	/* a ring, by serial number */
static u64 memctl_failures_serial;

static struct memctl_cma_failure *memctl_failure_at(u64 serial)
{
	return &memctl_failures[serial % MEMCTL_CMA_FAILURES_MAX];
}

int memctl_failures_init(void)
{
	memctl_failures = kvcalloc(MEMCTL_CMA_FAILURES_MAX, sizeof(*memctl_failures), GFP_KERNEL);
	memctl_failures_serial = 0;
	return memctl_failures ? 0 : -ENOMEM;
}

void memctl_failures_exit(void)
{
	kvfree(memctl_failures);
	memctl_failures = NULL;
}

void memctl_failure_add(struct memctl_cma_failure *failure)
{
	struct memctl_cma_area *unjudged = NULL;
	struct memctl_cma_failure *oldest;
	unsigned long flags;

	raw_spin_lock_irqsave(&memctl_failures_lock, flags);
	failure->serial = ++memctl_failures_serial;
	oldest = memctl_failure_at(failure->serial);
	if (oldest->serial && !oldest->judged)
		unjudged = oldest->area;
	*oldest = *failure;
	raw_spin_unlock_irqrestore(&memctl_failures_lock, flags);
	if (unjudged)
		memctl_cma_count_cause(unjudged, MEMCTL_CMA_UNKNOWN);
}

u64 memctl_failures_end(void)
{
	unsigned long flags;
	u64 end;

	raw_spin_lock_irqsave(&memctl_failures_lock, flags);
	end = memctl_failures_serial + 1;
	raw_spin_unlock_irqrestore(&memctl_failures_lock, flags);
	return end;
}

bool memctl_failure_from(u64 serial, struct memctl_cma_failure *failure)
{
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&memctl_failures_lock, flags);
	if (memctl_failures_serial > MEMCTL_CMA_FAILURES_MAX)
		serial = max(serial, memctl_failures_serial - MEMCTL_CMA_FAILURES_MAX + 1);
	serial = max_t(u64, serial, 1);
	found = serial <= memctl_failures_serial;
	if (found)
		*failure = *memctl_failure_at(serial);
	raw_spin_unlock_irqrestore(&memctl_failures_lock, flags);
	return found;
}

bool memctl_failure_keep(const struct memctl_cma_failure *failure)
{
	struct memctl_cma_failure *kept = memctl_failure_at(failure->serial);
	unsigned long flags;
	bool same;

	raw_spin_lock_irqsave(&memctl_failures_lock, flags);
	same = kept->serial == failure->serial;
	if (same)
		*kept = *failure;
	raw_spin_unlock_irqrestore(&memctl_failures_lock, flags);
	return same;
}
