// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/memory.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "contig/pool.h"
#include "contig/take.h"
#include "contig/warm.h"
#include "fence/fence.h"
#include "mm/contig.h"
#include "mm/shrink.h"

#define MEMCTL_WARM_PIECE	4096		/* pages given back without a pause */
#define MEMCTL_WARM_SOON	(HZ / 10)	/* from a request until what it took is filled */
#define MEMCTL_WARM_RETRY	(10 * HZ)	/* where no place could be had */
#define MEMCTL_WARM_PAUSE	(10 * HZ)	/* after memory was short, at least */
#define MEMCTL_WARM_PAUSE_MAX	(320 * HZ)
#define MEMCTL_WARM_STEADY	(60 * HZ)	/* full so long: the next pause is a short one */

static void memctl_warm_fill(struct work_struct *work);
static DECLARE_DELAYED_WORK(memctl_warm_work, memctl_warm_fill);

/* Around all of this. Under it nothing is allocated, and nothing sleeps. */
static DEFINE_SPINLOCK(memctl_warm_lock);
static struct memctl_pool memctl_warm_pool;
static struct memctl_warm_info memctl_warm_info = { .node = NUMA_NO_NODE };

/* What goes offline: one range at a time, by mem_hotplug_lock. */
static unsigned long memctl_warm_going_start, memctl_warm_going_end;

/* Pieces that are on their way into the pool or out of it: marked, or not free yet. */
static atomic_t memctl_warm_transit = ATOMIC_INIT(0);

/* In jiffies: when the reserve may be filled again, when it was full, and the last pause. */
static unsigned long memctl_warm_until, memctl_warm_full_at, memctl_warm_pause;

static unsigned long memctl_warm_limit(void)
{
	return memctl_mm_total() / 32;
}

static bool memctl_warm_is_short(void)
{
	return memctl_mm_available() < memctl_warm_limit();
}

static unsigned int memctl_warm_tag(unsigned long pfn)
{
	const struct page *page = pfn_to_page(pfn);

	return page_to_nid(page) * MAX_NR_ZONES + page_zonenum(page);
}

static int memctl_warm_node_of(const struct memctl_pool_run *run)
{
	return run->tag / MAX_NR_ZONES;
}

/* Of what is in the pool, under the lock. */
static void memctl_warm_sets_out(void)
{
	atomic_inc(&memctl_warm_transit);
}

static void memctl_warm_arrives(void)
{
	if (atomic_dec_and_test(&memctl_warm_transit))
		wake_up_var(&memctl_warm_transit);
}

/* Gives back what lies in [start, end), so many pages at most, a piece more at times. */
static unsigned long memctl_warm_give(unsigned long start, unsigned long end, unsigned long pages)
{
	struct memctl_pool_run got;
	unsigned long given = 0;
	bool any = true;

	while (any && given < pages) {
		spin_lock(&memctl_warm_lock);
		any = memctl_pool_drain(&memctl_warm_pool, start, end,
					min_t(unsigned long, pages - given, MEMCTL_WARM_PIECE),
					&got);
		if (any)
			memctl_warm_sets_out();
		spin_unlock(&memctl_warm_lock);
		if (!any)
			break;
		memctl_mm_unmark(got.start, got.end);
		memctl_mm_give(got.start, got.end);
		memctl_warm_arrives();
		given += got.end - got.start;
	}
	return given;
}

/* So much was given back for want of memory: it is not taken again for a while. */
static void memctl_warm_was_short(unsigned long given)
{
	spin_lock(&memctl_warm_lock);
	memctl_warm_info.given += given;
	if (!memctl_warm_info.is_short) {
		bool steady = time_after(jiffies, memctl_warm_full_at + MEMCTL_WARM_STEADY);

		memctl_warm_pause = steady || !memctl_warm_pause ? MEMCTL_WARM_PAUSE :
			min_t(unsigned long, 2 * memctl_warm_pause, MEMCTL_WARM_PAUSE_MAX);
	}
	memctl_warm_info.is_short = true;
	memctl_warm_until = jiffies + memctl_warm_pause;
	spin_unlock(&memctl_warm_lock);
	queue_delayed_work(system_long_wq, &memctl_warm_work, MEMCTL_WARM_PAUSE);
}

static unsigned long memctl_warm_on(int node)
{
	unsigned long pages;

	spin_lock(&memctl_warm_lock);
	pages = memctl_pool_within(&memctl_warm_pool, node_start_pfn(node), node_end_pfn(node));
	spin_unlock(&memctl_warm_lock);
	return pages;
}

static unsigned long memctl_warm_count(int node)
{
	return READ_ONCE(memctl_warm_pool.nr) && memctl_warm_is_short() ? memctl_warm_on(node) : 0;
}

static unsigned long memctl_warm_shrink(int node, unsigned long pages)
{
	unsigned long given;

	given = memctl_warm_give(node_start_pfn(node), node_end_pfn(node), pages);
	memctl_warm_was_short(given);
	return given;
}

static const struct memctl_mm_shrinker memctl_warm_shrinker = {
	.count = memctl_warm_count,
	.give = memctl_warm_shrink,
};

static int memctl_warm_oom(struct notifier_block *block, unsigned long unused, void *arg)
{
	unsigned long given = memctl_warm_give(0, ULONG_MAX, ULONG_MAX), *freed = arg;

	if (given || READ_ONCE(memctl_warm_info.target))
		memctl_warm_was_short(given);	/* ends what is being filled, too */
	*freed += given;
	return NOTIFY_OK;
}

static struct notifier_block memctl_warm_oom_block = {
	.notifier_call = memctl_warm_oom,
};

static int memctl_warm_memory(struct notifier_block *block, unsigned long action, void *arg)
{
	const struct memory_notify *memory = arg;
	unsigned long start = memory->start_pfn, end = start;

	if (action != MEM_GOING_OFFLINE && action != MEM_CANCEL_OFFLINE && action != MEM_OFFLINE)
		return NOTIFY_OK;
	if (action == MEM_GOING_OFFLINE)
		end += memory->nr_pages;
	spin_lock(&memctl_warm_lock);
	memctl_warm_going_start = start;
	memctl_warm_going_end = end;
	spin_unlock(&memctl_warm_lock);
	if (action != MEM_GOING_OFFLINE)
		return NOTIFY_OK;
	if (memctl_warm_give(start, end, ULONG_MAX))
		mod_delayed_work(system_long_wq, &memctl_warm_work, MEMCTL_WARM_SOON);
	/* what others give back, or take, may be of it: as long as it is marked, it does not go */
	wait_var_event(&memctl_warm_transit, !atomic_read(&memctl_warm_transit));
	return NOTIFY_OK;
}

static struct notifier_block memctl_warm_memory_block = {
	.notifier_call = memctl_warm_memory,
};

static unsigned long memctl_warm_missing(void)
{
	unsigned long pages = memctl_warm_pool.pages, target = memctl_warm_info.target;

	lockdep_assert_held(&memctl_warm_lock);
	return target > pages ? target - pages : 0;
}

/* Keeps the run, if it is wanted and stays where it is; else the caller has it still. */
static bool memctl_warm_keep(unsigned long start, unsigned long end)
{
	struct memctl_pool_run run = { start, end, memctl_warm_tag(start) };
	bool kept;

	memctl_warm_sets_out();	/* marked, and not in the pool */
	memctl_mm_mark(start, end);
	spin_lock(&memctl_warm_lock);
	kept = memctl_warm_missing() >= end - start &&
	       (memctl_warm_info.node == NUMA_NO_NODE ||
		memctl_warm_info.node == memctl_warm_node_of(&run)) &&
	       (end <= memctl_warm_going_start || start >= memctl_warm_going_end) &&
	       memctl_pool_add(&memctl_warm_pool, &run);
	spin_unlock(&memctl_warm_lock);
	if (!kept)
		memctl_mm_unmark(start, end);
	memctl_warm_arrives();
	return kept;
}

/*
 * Nobody is given what is being taken, so it is let go as soon as it is not wanted, or others are
 * short.
 */
static bool memctl_warm_is_over(void)
{
	return !READ_ONCE(memctl_warm_info.target) || READ_ONCE(memctl_warm_info.is_short) ||
	       memctl_warm_is_short();
}

static int memctl_warm_take(struct memctl_contig *contig)
{
	int err = memctl_contig_begin(contig);

	contig->request.stop = memctl_warm_is_over;
	while (!err && !contig->taken)
		err = memctl_warm_is_over() ? -EINTR : memctl_contig_step(contig);
	memctl_contig_end(contig);
	return err;
}

/*
 * What is missing in one run, or in halves down to a page block; aligned as the largest power of
 * two in it, up to a page block.
 */
static bool memctl_warm_fill_all(void)
{
	unsigned long pages = ULONG_MAX;

	for (;;) {
		struct memctl_contig contig = {};
		unsigned long missing;

		spin_lock(&memctl_warm_lock);
		missing = memctl_warm_missing();
		contig.request.node = memctl_warm_info.node;
		spin_unlock(&memctl_warm_lock);
		if (!missing)
			return true;
		pages = min(pages, missing);
		if (memctl_mm_available() < pages + 2 * memctl_warm_limit())
			return false;
		contig.request.pages = pages;
		contig.request.align = min(rounddown_pow_of_two(pages), pageblock_nr_pages);
		if (!memctl_warm_take(&contig)) {
			if (!memctl_warm_keep(contig.start, contig.start + pages)) {
				memctl_mm_give(contig.start, contig.start + pages);
				return false;
			}
			spin_lock(&memctl_warm_lock);
			memctl_warm_info.filled += pages;
			spin_unlock(&memctl_warm_lock);
			continue;
		}
		if (pages <= pageblock_nr_pages || memctl_warm_is_over())
			return false;
		pages = max(pages / 2, pageblock_nr_pages);
	}
}

static void memctl_warm_fill(struct work_struct *work)
{
	unsigned long until, delay = MEMCTL_WARM_RETRY;
	bool early;

	spin_lock(&memctl_warm_lock);
	until = memctl_warm_until;
	early = memctl_warm_info.is_short && time_before(jiffies, until);
	memctl_warm_info.is_short = early;
	spin_unlock(&memctl_warm_lock);
	if (early) {
		delay = until - jiffies;
	} else if (memctl_warm_fill_all()) {
		spin_lock(&memctl_warm_lock);
		memctl_warm_full_at = jiffies;
		spin_unlock(&memctl_warm_lock);
		return;
	}
	queue_delayed_work(system_long_wq, &memctl_warm_work, delay);
}

/* A run on another node than that; false: there is none. */
static bool memctl_warm_elsewhere(int node, struct memctl_pool_run *run)
{
	bool found = false;
	unsigned int i;

	spin_lock(&memctl_warm_lock);
	for (i = 0; i < memctl_warm_pool.nr && !found; i++) {
		*run = memctl_warm_pool.runs[i];
		found = memctl_warm_node_of(run) != node;
	}
	spin_unlock(&memctl_warm_lock);
	return found;
}

int memctl_warm_set(unsigned long pages, int node)
{
	unsigned long all = node == NUMA_NO_NODE ? memctl_mm_total() : node_present_pages(node);
	struct memctl_pool_run run;
	unsigned long surplus;

	if (pages > all / 2)
		return -ERANGE;
	spin_lock(&memctl_warm_lock);
	memctl_warm_info.target = pages;
	memctl_warm_info.node = node;
	spin_unlock(&memctl_warm_lock);
	while (node != NUMA_NO_NODE && memctl_warm_elsewhere(node, &run))
		memctl_warm_give(run.start, run.end, ULONG_MAX);
	spin_lock(&memctl_warm_lock);
	surplus = max(memctl_warm_pool.pages, pages) - pages;
	spin_unlock(&memctl_warm_lock);
	memctl_warm_give(0, ULONG_MAX, surplus);
	if (pages)
		mod_delayed_work(system_long_wq, &memctl_warm_work, 0);
	return 0;
}

void memctl_warm_tell(struct memctl_warm_info *info)
{
	spin_lock(&memctl_warm_lock);
	*info = memctl_warm_info;
	info->pages = memctl_warm_pool.pages;
	info->runs = memctl_warm_pool.nr;
	info->longest = memctl_pool_longest(&memctl_warm_pool);
	spin_unlock(&memctl_warm_lock);
}

bool memctl_warm_get(unsigned long pages, unsigned long align,
		     bool (*fits)(unsigned long start, const void *data), const void *data,
		     unsigned long *start)
{
	struct memctl_pool_run got;
	bool any, kept;

	spin_lock(&memctl_warm_lock);
	kept = memctl_warm_info.target;
	any = memctl_pool_get(&memctl_warm_pool, pages, align, fits, data, &got);
	if (any)
		memctl_warm_sets_out();
	memctl_warm_info.served += any;
	memctl_warm_info.missed += kept && !any;
	spin_unlock(&memctl_warm_lock);
	if (!any)
		return false;
	memctl_mm_unmark(got.start, got.end);
	memctl_warm_arrives();
	*start = got.start;
	queue_delayed_work(system_long_wq, &memctl_warm_work, MEMCTL_WARM_SOON);
	return true;
}

void memctl_warm_put(unsigned long start, unsigned long end)
{
	if (!READ_ONCE(memctl_warm_info.target) || memctl_warm_is_short() ||
	    memctl_fence_wants(start, end) ||	/* what a fence stands around is to get empty */
	    !memctl_warm_keep(start, end))
		memctl_mm_give(start, end);
}

int memctl_warm_init(void)
{
	int err = register_memory_notifier(&memctl_warm_memory_block);

	if (err)
		return err;
	err = register_oom_notifier(&memctl_warm_oom_block);
	if (err)
		goto memory;
	err = memctl_mm_shrinker_init(&memctl_warm_shrinker);
	if (!err)
		return 0;
	unregister_oom_notifier(&memctl_warm_oom_block);
memory:
	unregister_memory_notifier(&memctl_warm_memory_block);
	return err;
}

void memctl_warm_exit(void)
{
	memctl_warm_set(0, NUMA_NO_NODE);
	memctl_mm_shrinker_exit();
	unregister_oom_notifier(&memctl_warm_oom_block);
	unregister_memory_notifier(&memctl_warm_memory_block);
	cancel_delayed_work_sync(&memctl_warm_work);
	memctl_warm_give(0, ULONG_MAX, ULONG_MAX);
}
