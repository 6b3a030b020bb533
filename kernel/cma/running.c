// SPDX-License-Identifier: GPL-2.0
/*
 * A table by task. A task is never followed: one whose end was not told is replaced when the same
 * address begins another, or as the oldest.
 */
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "cma/running.h"

#define MEMCTL_RUNNING	64

static DEFINE_RAW_SPINLOCK(memctl_running_lock);	/* guards all here */
static struct memctl_running memctl_running[MEMCTL_RUNNING];
static unsigned int memctl_running_nr;	/* also looked at without the lock, by the task itself */
static unsigned int memctl_running_top;	/* behind the last that is in use */
static u64 memctl_running_serial;

static struct memctl_running *memctl_running_of(const void *task)
{
	unsigned int i;

	for (i = 0; i < memctl_running_top; i++) {
		if (memctl_running[i].task == task)
			return &memctl_running[i];
	}
	return NULL;
}

static struct memctl_running *memctl_running_oldest(void)
{
	struct memctl_running *oldest = &memctl_running[0];
	unsigned int i;

	for (i = 1; i < memctl_running_top; i++) {
		if (memctl_running[i].serial < oldest->serial)
			oldest = &memctl_running[i];
	}
	return oldest;
}

void memctl_running_begin(const void *task, struct memctl_cma_area *area, bool over)
{
	struct memctl_running *running;
	unsigned long flags;

	raw_spin_lock_irqsave(&memctl_running_lock, flags);
	running = memctl_running_of(task);
	if (!running && memctl_running_nr == MEMCTL_RUNNING) {
		running = memctl_running_oldest();
	} else if (!running) {
		running = memctl_running_of(NULL);
		if (!running)
			running = &memctl_running[memctl_running_top++];
		memctl_running_nr++;
	}
	memset(running, 0, sizeof(*running));
	running->task = task;
	running->area = area;
	running->over = over;
	running->serial = ++memctl_running_serial;
	raw_spin_unlock_irqrestore(&memctl_running_lock, flags);
}

void memctl_running_busy(const void *task, unsigned long pfn)
{
	struct memctl_running *running;
	unsigned long flags;

	raw_spin_lock_irqsave(&memctl_running_lock, flags);
	running = memctl_running_of(task);
	if (running) {
		if (running->retried < MEMCTL_TRIED)
			running->tried[running->retried] = pfn;
		running->retried++;
	}
	raw_spin_unlock_irqrestore(&memctl_running_lock, flags);
}

/* Most who move pages do not ask for contiguous memory. */
void memctl_running_migrated(const void *task, unsigned long pages)
{
	struct memctl_running *running;
	unsigned long flags;

	if (!READ_ONCE(memctl_running_nr))
		return;
	raw_spin_lock_irqsave(&memctl_running_lock, flags);
	running = memctl_running_of(task);
	if (running)
		running->migrated += pages;
	raw_spin_unlock_irqrestore(&memctl_running_lock, flags);
}

bool memctl_running_end(const void *task, struct memctl_running *running)
{
	struct memctl_running *found;
	unsigned long flags;

	memset(running, 0, sizeof(*running));
	raw_spin_lock_irqsave(&memctl_running_lock, flags);
	found = memctl_running_of(task);
	if (found) {
		*running = *found;
		found->task = NULL;
		memctl_running_nr--;
		while (memctl_running_top && !memctl_running[memctl_running_top - 1].task)
			memctl_running_top--;
	}
	raw_spin_unlock_irqrestore(&memctl_running_lock, flags);
	return found;
}

bool memctl_running_others(const void *task, const struct memctl_cma_area *area)
{
	unsigned long flags;
	bool others = false;
	unsigned int i;

	raw_spin_lock_irqsave(&memctl_running_lock, flags);
	for (i = 0; i < memctl_running_top && !others; i++) {
		const struct memctl_running *running = &memctl_running[i];

		others = running->task && running->task != task && running->area == area &&
			 !running->over;
	}
	raw_spin_unlock_irqrestore(&memctl_running_lock, flags);
	return others;
}
