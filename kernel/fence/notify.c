// SPDX-License-Identifier: GPL-2.0
/*
 * What the VM tells: memory goes offline, and what is held of it is given up first;
 * or there is no memory left, and everything is.
 */
#include <linux/memory.h>
#include <linux/minmax.h>
#include <linux/oom.h>

#include "event.h"
#include "fence/internal.h"
#include "mm/contig.h"

/* What goes offline: one range at a time, by mem_hotplug_lock. */
static unsigned long memctl_going_start, memctl_going_end;

bool memctl_fence_is_going(unsigned long start, unsigned long end)
{
	return start < READ_ONCE(memctl_going_end) && end > READ_ONCE(memctl_going_start);
}

static bool memctl_fence_is_touched(struct memctl_fence *fence)
{
	return memctl_fence_is_going(fence->start, fence->end);
}

static bool memctl_fence_is_isolated(unsigned long start, unsigned long end)
{
	for (; start < end; start = pageblock_end_pfn(start)) {
		if (!memctl_mm_is_isolated(start))
			return false;
	}
	return true;
}

/*
 * Nobody takes of it from now on, and what is held of it is given up. False: it must not
 * go now. The VM isolates it before it tells us, and a piece that was being taken at that
 * moment may have ended the isolation (contig.h). Whoever wants it gone tries again.
 */
static bool memctl_fences_going(unsigned long start, unsigned long end)
{
	struct memctl_fence *fence;
	u64 id = 0;

	mutex_lock(&memctl_fences_lock);	/* fences to come see it, too */
	WRITE_ONCE(memctl_going_start, start);
	WRITE_ONCE(memctl_going_end, end);
	mutex_unlock(&memctl_fences_lock);
	down_write(&memctl_fences_taking);
	up_write(&memctl_fences_taking);
	while ((fence = memctl_fence_after(id, memctl_fence_is_touched))) {
		struct memctl_fence_info info;
		unsigned long given;

		id = fence->id;
		mutex_lock(&fence->lock);
		given = memctl_held_give(&fence->held, max(start, fence->start),
					 min(end, fence->end));
		mutex_unlock(&fence->lock);
		atomic64_add(given, &fence->given);
		memctl_fence_tell(fence, &info);
		mutex_lock(&memctl_fences_lock);
		if (given && !memctl_fences_are_over())
			memctl_netlink_fence_gave(&info, start, end);
		mutex_unlock(&memctl_fences_lock);
		memctl_fence_put(fence);
	}
	return memctl_fence_is_isolated(start, end);
}

static int memctl_fence_memory(struct notifier_block *block, unsigned long action, void *arg)
{
	const struct memory_notify *memory = arg;

	switch (action) {
	case MEM_GOING_OFFLINE:
		if (!memctl_fences_going(memory->start_pfn, memory->start_pfn + memory->nr_pages))
			return notifier_from_errno(-EBUSY);
		break;
	case MEM_CANCEL_OFFLINE:
	case MEM_OFFLINE:
		WRITE_ONCE(memctl_going_end, 0);
		break;
	}
	return NOTIFY_OK;
}

/* Only claims pages: whoever holds a fence's lock may be waiting for memory. */
static int memctl_fence_oom(struct notifier_block *block, unsigned long unused, void *arg)
{
	unsigned long *freed = arg;
	struct memctl_fence *fence, *next;

	mutex_lock(&memctl_fences_lock);
	list_for_each_entry_safe(fence, next, &memctl_fences, node) {
		struct memctl_fence_info info;
		bool mine = !fence->fallen;

		memctl_fence_tell(fence, &info);
		WRITE_ONCE(fence->fallen, true);
		smp_mb();	/* who takes beside us sees it after, or we see what was taken */
		*freed += memctl_held_give(&fence->held, fence->start, fence->end);
		if (mine)
			memctl_fence_unlink(fence, &info, MEMCTL_FENCE_OUT_OF_MEMORY);
	}
	mutex_unlock(&memctl_fences_lock);
	return NOTIFY_OK;
}

static struct notifier_block memctl_fence_memory_block = {
	.notifier_call = memctl_fence_memory,
};

static struct notifier_block memctl_fence_oom_block = {
	.notifier_call = memctl_fence_oom,
};

int memctl_fences_notify_init(void)
{
	int err = register_memory_notifier(&memctl_fence_memory_block);

	if (err)
		return err;
	err = register_oom_notifier(&memctl_fence_oom_block);
	if (err)
		unregister_memory_notifier(&memctl_fence_memory_block);
	return err;
}

void memctl_fences_notify_exit(void)
{
	unregister_oom_notifier(&memctl_fence_oom_block);
	unregister_memory_notifier(&memctl_fence_memory_block);
}
