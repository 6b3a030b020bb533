// SPDX-License-Identifier: GPL-2.0
/*
 * Where the VM is silent about a page that it has given back (from 7.0 on), this
 * looks: pages return to their drivers, and pages freed while they were isolated
 * to the page allocator. It runs only while there are such pages. It also closes
 * the rounds that were left where done() could not be called.
 */
#include <linux/jiffies.h>

#include "provider/provider.h"

#define MEMCTL_SWEEP_INTERVAL (HZ / 20)

/* Migration waits for what the sweep gives back: it has to go on in reclaim. */
struct workqueue_struct *memctl_queue;

/* Pages that the VM has let go leave their list, in RETURNING. */
static void memctl_sweep_collect(struct list_head *from, struct list_head *back)
{
	struct memctl_page *mp, *next;

	list_for_each_entry_safe(mp, next, from, node) {
		if (!memctl_page_away(mp) || mp->evacuating || memctl_mm_isolated(mp->page))
			continue;
		memctl_round_leave(mp);
		memctl_page_set(mp, MEMCTL_RETURNING);
		list_add_tail(&mp->node, back);
	}
}

static void memctl_sweep_back(struct memctl_provider *provider)
{
	struct memctl_round *round, *next_round;
	struct memctl_page *mp, *next;
	LIST_HEAD(back);

	spin_lock(&provider->lock);
	memctl_sweep_collect(&provider->isolated, &back);
	list_for_each_entry_safe(round, next_round, &provider->rounds, node)
		memctl_sweep_collect(&round->pages, &back);
	spin_unlock(&provider->lock);
	list_for_each_entry_safe(mp, next, &back, node) {
		list_del_init(&mp->node);
		memctl_page_return(mp);
	}
}

static void memctl_sweep_freed(struct memctl_provider *provider)
{
	struct memctl_page *mp, *next;
	LIST_HEAD(freed);
	LIST_HEAD(left);

	spin_lock(&provider->lock);
	list_splice_init(&provider->freed, &freed);
	spin_unlock(&provider->lock);
	list_for_each_entry_safe(mp, next, &freed, node) {
		list_del_init(&mp->node);
		if (!memctl_page_reap(mp))
			list_add(&mp->node, &left);
	}
	spin_lock(&provider->lock);
	list_splice(&left, &provider->freed);
	spin_unlock(&provider->lock);
	wake_up_all(&provider->wait);
}

void memctl_sweep(struct work_struct *work)
{
	struct memctl_provider *provider =
		container_of(to_delayed_work(work), struct memctl_provider, sweep);
	bool again;

	if (memctl_mm_is_silent()) {
		memctl_sweep_back(provider);
		memctl_sweep_freed(provider);
	}
	memctl_rounds_close(provider);

	spin_lock(&provider->lock);
	again = memctl_mm_is_silent() &&
		(provider->counters.isolated || !list_empty(&provider->freed));
	spin_unlock(&provider->lock);
	if (again)
		memctl_sweep_soon(provider);
}

/* Any context that may take a spinlock. */
void memctl_sweep_soon(struct memctl_provider *provider)
{
	queue_delayed_work(memctl_queue, &provider->sweep, MEMCTL_SWEEP_INTERVAL);
}

void memctl_sweep_now(struct memctl_provider *provider)
{
	mod_delayed_work(memctl_queue, &provider->sweep, 0);
}

int memctl_sweep_init(void)
{
	memctl_queue = alloc_workqueue("memctl", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return memctl_queue ? 0 : -ENOMEM;
}

void memctl_sweep_exit(void)
{
	destroy_workqueue(memctl_queue);
}
