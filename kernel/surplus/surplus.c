// SPDX-License-Identifier: GPL-2.0
#include <linux/gfp.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched.h>

#include "surplus/surplus.h"

/* Around all surplus and the range that goes. Under it nothing is allocated. */
static DEFINE_MUTEX(memctl_surplus_lock);
static LIST_HEAD(memctl_surpluses);

/* What goes offline: one range at a time, by mem_hotplug_lock. */
static unsigned long memctl_surplus_going_start, memctl_surplus_going_end;

static unsigned long memctl_surplus_give(struct memctl_surplus *surplus, unsigned long start,
					 unsigned long end)
{
	struct page *page, *next;
	unsigned long given = 0;

	lockdep_assert_held(&memctl_surplus_lock);
	list_for_each_entry_safe(page, next, &surplus->pages, lru) {
		unsigned long pfn = page_to_pfn(page);

		if (pfn < start || pfn >= end)
			continue;
		list_del(&page->lru);
		__free_page(page);
		given++;
		cond_resched();
	}
	return given;
}

void memctl_surplus_begin(struct memctl_surplus *surplus, unsigned long max)
{
	*surplus = (struct memctl_surplus){ .max = max };
	INIT_LIST_HEAD(&surplus->pages);
	mutex_lock(&memctl_surplus_lock);
	list_add(&surplus->node, &memctl_surpluses);
	mutex_unlock(&memctl_surplus_lock);
}

void memctl_surplus_end(struct memctl_surplus *surplus)
{
	mutex_lock(&memctl_surplus_lock);
	list_del(&surplus->node);
	memctl_surplus_give(surplus, 0, ULONG_MAX);
	mutex_unlock(&memctl_surplus_lock);
}

bool memctl_surplus_add(struct memctl_surplus *surplus, struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	bool may;

	mutex_lock(&memctl_surplus_lock);
	may = memctl_surplus_may(surplus);
	surplus->nr += may;
	if (may && (pfn < memctl_surplus_going_start || pfn >= memctl_surplus_going_end)) {
		list_add(&page->lru, &surplus->pages);
		page = NULL;
	}
	mutex_unlock(&memctl_surplus_lock);
	if (page)
		__free_page(page);
	return may;
}

static int memctl_surplus_oom(struct notifier_block *block, unsigned long unused, void *arg)
{
	struct memctl_surplus *surplus;
	unsigned long *freed = arg;

	mutex_lock(&memctl_surplus_lock);
	list_for_each_entry(surplus, &memctl_surpluses, node) {
		WRITE_ONCE(surplus->wanted, true);
		*freed += memctl_surplus_give(surplus, 0, ULONG_MAX);
	}
	mutex_unlock(&memctl_surplus_lock);
	return NOTIFY_OK;
}

static int memctl_surplus_memory(struct notifier_block *block, unsigned long action, void *arg)
{
	const struct memory_notify *memory = arg;
	struct memctl_surplus *surplus;

	if (action != MEM_GOING_OFFLINE && action != MEM_CANCEL_OFFLINE && action != MEM_OFFLINE)
		return NOTIFY_OK;
	mutex_lock(&memctl_surplus_lock);
	memctl_surplus_going_start = memory->start_pfn;
	memctl_surplus_going_end = memory->start_pfn;
	if (action == MEM_GOING_OFFLINE)
		memctl_surplus_going_end += memory->nr_pages;
	list_for_each_entry(surplus, &memctl_surpluses, node)
		memctl_surplus_give(surplus, memctl_surplus_going_start, memctl_surplus_going_end);
	mutex_unlock(&memctl_surplus_lock);
	return NOTIFY_OK;
}

static struct notifier_block memctl_surplus_memory_block = {
	.notifier_call = memctl_surplus_memory,
};

static struct notifier_block memctl_surplus_oom_block = {
	.notifier_call = memctl_surplus_oom,
};

int memctl_surplus_init(void)
{
	int err = register_memory_notifier(&memctl_surplus_memory_block);

	if (err)
		return err;
	err = register_oom_notifier(&memctl_surplus_oom_block);
	if (err)
		unregister_memory_notifier(&memctl_surplus_memory_block);
	return err;
}

void memctl_surplus_exit(void)
{
	unregister_oom_notifier(&memctl_surplus_oom_block);
	unregister_memory_notifier(&memctl_surplus_memory_block);
}
