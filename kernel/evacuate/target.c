// SPDX-License-Identifier: GPL-2.0
/*
 * Finds pages outside a range. The page allocator cannot be told a range to leave
 * out: what it gives from inside is held until the end, so that it has to look
 * elsewhere; and a moment longer, since the next request for the range would only
 * take it again. While it gives from inside, the chunks asked for double in size, or a
 * free range would be taken page by page; one from outside is split into targets.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "evacuate/target.h"
#include "provider/provider.h"

/* How long the pages of a range are held for a next request. */
#define MEMCTL_TARGETS_HOLD (HZ / 2)

static void memctl_targets_expire(struct work_struct *work);

/* Around memctl_targets: held during an evacuation. */
static DEFINE_MUTEX(memctl_targets_lock);
static struct memctl_targets memctl_targets = {
	.node = NUMA_NO_NODE,
	.ready_node = NUMA_NO_NODE,
	.inside = LIST_HEAD_INIT(memctl_targets.inside),
	.ready = LIST_HEAD_INIT(memctl_targets.ready),
};

static DECLARE_DELAYED_WORK(memctl_targets_work, memctl_targets_expire);

static void memctl_targets_free_list(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru) {
		unsigned int order = page_private(page);

		list_del(&page->lru);
		set_page_private(page, 0);
		__free_pages(page, order);
		cond_resched();
	}
}

static void memctl_targets_free(struct memctl_targets *targets)
{
	lockdep_assert_held(&memctl_targets_lock);
	memctl_targets_free_list(&targets->inside);
	memctl_targets_free_list(&targets->ready);
	targets->order = 0;
}

static void memctl_targets_expire(struct work_struct *work)
{
	mutex_lock(&memctl_targets_lock);
	memctl_targets_free(&memctl_targets);
	mutex_unlock(&memctl_targets_lock);
}

struct memctl_targets *memctl_targets_begin(unsigned long start, unsigned long end, int node)
{
	struct memctl_targets *targets = &memctl_targets;

	if (mutex_lock_interruptible(&memctl_targets_lock))
		return NULL;
	if (targets->start != start || targets->end != end || targets->node != node)
		memctl_targets_free(targets);
	targets->start = start;
	targets->end = end;
	targets->node = node;
	return targets;
}

void memctl_targets_end(struct memctl_targets *targets, bool last)
{
	if (last)
		memctl_targets_free(targets);
	else
		memctl_targets_free_list(&targets->ready);
	mutex_unlock(&memctl_targets_lock);
	if (!last)
		mod_delayed_work(memctl_queue, &memctl_targets_work, MEMCTL_TARGETS_HOLD);
}

void memctl_targets_exit(void)
{
	cancel_delayed_work_sync(&memctl_targets_work);
	memctl_targets_expire(NULL);
}

/* No reserves, and one round of reclaim at most: failing is an answer. */
static gfp_t memctl_target_gfp(struct memctl_targets *targets, struct page *src)
{
	gfp_t gfp = GFP_KERNEL | __GFP_MOVABLE | __GFP_NORETRY | __GFP_NOWARN | __GFP_NOMEMALLOC;
	enum zone_type zone = page_zonenum(src);

	if (zone == ZONE_MOVABLE || is_highmem_idx(zone))
		gfp |= __GFP_HIGHMEM;
	if (targets->node != NUMA_NO_NODE)
		gfp |= __GFP_THISNODE;
	return gfp;
}

static void memctl_target_add(struct list_head *list, struct page *page, unsigned int order)
{
	set_page_private(page, order);
	list_add(&page->lru, list);
}

/* Allocates until a chunk lies outside the range; false: there is none. */
static bool memctl_targets_fill(struct memctl_targets *targets, gfp_t gfp, int node)
{
	for (;;) {
		unsigned int i, order = targets->order;
		struct page *page;
		unsigned long pfn;

		page = alloc_pages_node(node, order ? gfp & ~__GFP_DIRECT_RECLAIM : gfp, order);
		if (!page) {
			if (!order)
				return false;
			targets->order = order / 2;
			continue;
		}
		pfn = page_to_pfn(page);
		if (pfn + (1UL << order) > targets->start && pfn < targets->end) {
			memctl_target_add(&targets->inside, page, order);
			targets->order = min_t(unsigned int, order + 1, pageblock_order);
			continue;
		}
		if (order)
			split_page(page, order);
		for (i = 0; i < 1U << order; i++)
			memctl_target_add(&targets->ready, page + i, 0);
		targets->order = 0;
		return true;
	}
}

struct page *memctl_target_get(struct memctl_targets *targets, struct page *src)
{
	int node = targets->node == NUMA_NO_NODE ? page_to_nid(src) : targets->node;
	gfp_t gfp = memctl_target_gfp(targets, src);
	struct page *page;

	if (gfp != targets->ready_gfp || node != targets->ready_node) {
		memctl_targets_free_list(&targets->ready);
		targets->ready_gfp = gfp;
		targets->ready_node = node;
	}
	if (list_empty(&targets->ready) && !memctl_targets_fill(targets, gfp, node))
		return NULL;
	page = list_first_entry(&targets->ready, struct page, lru);
	list_del(&page->lru);
	return page;
}

/* It may be offered again. */
void memctl_target_unused(struct memctl_targets *targets, struct page *page)
{
	memctl_target_add(&targets->ready, page, 0);
}
