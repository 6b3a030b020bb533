// SPDX-License-Identifier: GPL-2.0
/*
 * The work behind the events: one at a time.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/workqueue.h>

#include "cma/failure.h"
#include "cma/judge.h"
#include "cma/note.h"
#include "cma/scan.h"
#include "event.h"
#include "mm/lru_disable.h"
#include "provider/provider.h"

/* What seems to be in the way has to stay there for so long, and is looked for so often. */
#define MEMCTL_JUDGE_MS		20
#define MEMCTL_JUDGE_LOST	8	/* looks for lost notes in a row */
#define MEMCTL_JUDGE_ROUNDS	3

static void memctl_judge(struct work_struct *work);

static DECLARE_WORK(memctl_judge_work, memctl_judge);
static bool memctl_judge_over, memctl_judge_tells;
static u64 memctl_judge_next;	/* serial number; the work's own, as are the two below */
static unsigned long memctl_tell_since;
static unsigned int memctl_told;

/* As many in a second as there may be. */
static bool memctl_may_tell(void)
{
	if (time_after(jiffies, memctl_tell_since + HZ) || !memctl_tell_since) {
		memctl_tell_since = jiffies ?: 1;
		memctl_told = 0;
	}
	return memctl_told++ < MEMCTL_CMA_EVENTS_MAX;
}

static void memctl_judge_done(struct memctl_cma_failure *failure, enum memctl_cma_cause cause)
{
	failure->cause = cause;
	failure->judged = true;
	if (memctl_failure_keep(failure))
		memctl_cma_count_cause(failure->area, cause);
	if (READ_ONCE(memctl_judge_tells) && memctl_may_tell())
		memctl_netlink_cma_failed(failure);
}

/*
 * Between rounds, failure->cause is what a page seemed to be that may be just passing; or it is
 * unknown, with the pfn of one that is on no list.
 */
static void memctl_judge_one(struct memctl_cma_failure *failure, unsigned int round)
{
	enum memctl_cma_cause cause = round ? MEMCTL_CMA_UNKNOWN : memctl_cause_by_figures(failure);

	if (cause != MEMCTL_CMA_UNKNOWN)
		memctl_judge_done(failure, cause);
	else if (failure->cause != MEMCTL_CMA_UNKNOWN && memctl_cause_stays(failure))
		memctl_judge_done(failure, failure->cause);
	else if (round < MEMCTL_JUDGE_ROUNDS && (memctl_cause_by_pages(failure) || failure->pfn))
		memctl_failure_keep(failure);
	else
		memctl_judge_done(failure, MEMCTL_CMA_TRANSIENT);
}

/* All that are there, round by round. False: none is left. */
static bool memctl_judge_round(u64 first, u64 end, unsigned int round)
{
	struct memctl_cma_failure failure;
	bool left = false;

	while (first < end && memctl_failure_from(first, &failure) && failure.serial < end) {
		if (!failure.judged) {
			memctl_judge_one(&failure, round);
			left |= !failure.judged;
		}
		first = failure.serial + 1;
	}
	return left;
}

/*
 * What did not move was put back, and is in a CPU's LRU cache for now, where a pin does not show.
 * So these are emptied.
 */
static void memctl_judge_wait(void)
{
	msleep(MEMCTL_JUDGE_MS);
	if (memctl_mm_lru_refusal())
		return;
	memctl_mm_lru_disable();
	memctl_mm_lru_enable();
}

static void memctl_judge_failures(void)
{
	u64 first = memctl_judge_next, end = memctl_failures_end();
	unsigned int round;

	for (round = 0; memctl_judge_round(first, end, round); round++)
		memctl_judge_wait();
	memctl_judge_next = end;
}

static void memctl_judge_lost(struct memctl_cma_area *area)
{
	unsigned int i;

	/* meanwhile more may be */
	for (i = 0; i < MEMCTL_JUDGE_LOST && area->lost_seen != READ_ONCE(area->counts.lost); i++) {
		area->lost_seen = READ_ONCE(area->counts.lost);
		memctl_cma_find_lost(area);
	}
}

static void memctl_judge(struct work_struct *work)
{
	unsigned int i;

	memctl_notes_fill();
	for (i = 0; i < memctl_cma_nr_areas; i++)
		memctl_judge_lost(&memctl_cma_areas[i]);
	memctl_judge_failures();
}

void memctl_judge_init(void)
{
	memctl_judge_over = false;
	memctl_judge_tells = false;
	memctl_judge_next = 1;
}

void memctl_judge_soon(void)
{
	if (!READ_ONCE(memctl_judge_over))
		queue_work(memctl_queue, &memctl_judge_work);
}

void memctl_judge_tell(void)
{
	WRITE_ONCE(memctl_judge_tells, true);
}

void memctl_judge_settle(void)
{
	flush_work(&memctl_judge_work);
}

/* An event that saw it was not over may queue the work once more: so it is said first. */
void memctl_judge_stop(void)
{
	WRITE_ONCE(memctl_judge_over, true);
	cancel_work_sync(&memctl_judge_work);
}
