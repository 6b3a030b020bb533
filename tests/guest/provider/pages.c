// SPDX-License-Identifier: GPL-2.0
/*
 * The table of pages. All here holds test_mutex, but for the end.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "provider.h"

DEFINE_MUTEX(test_mutex);		/* see provider.h */
LIST_HEAD(test_slots);
unsigned long test_nr;
static u64 test_seed;

static int test_make(struct test_slot *slot)
{
	struct memctl_page *handle;

	test_own_leave(slot);
	test_own_add(slot);	/* it may be isolated before it is made */
	handle = memctl_page_make(test_provider, slot->page, slot);
	if (IS_ERR(handle)) {
		test_own_del(slot);
		return PTR_ERR(handle);
	}
	WRITE_ONCE(slot->handle, handle);
	return 0;
}

static int test_add(void)
{
	struct test_slot *slot;
	int err;

	slot = kzalloc(sizeof(*slot), GFP_KERNEL);
	if (!slot)
		return -ENOMEM;
	slot->page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!slot->page) {
		kfree(slot);
		return -ENOMEM;
	}
	INIT_LIST_HEAD(&slot->queue);
	INIT_LIST_HEAD(&slot->own);
	spin_lock_init(&slot->lock);
	slot->seed = ++test_seed;
	test_fill(slot);
	err = test_make(slot);
	if (err) {
		__free_page(slot->page);
		kfree(slot);
		return err;
	}
	list_add_tail(&slot->node, &test_slots);
	test_nr++;
	atomic64_inc(&test_counters.allocated);
	return 0;
}

/* The slot is no longer known to memctl. */
static void test_forget(struct test_slot *slot)
{
	test_expect(!atomic_read(&slot->running), "an operation runs for a page that is gone");
	test_queue_del(slot);
	test_own_del(slot);
	list_del(&slot->node);
	test_nr--;
	atomic64_inc(&test_counters.freed);
	kfree(slot);
}

/* No operation runs for it, nor will: what done() has not told by now it will not tell. */
static void test_untold(struct test_slot *slot)
{
	if (slot->old_pfn)
		atomic64_inc(&test_counters.untold);
	slot->old_pfn = 0;
}

void test_remove(struct test_slot *slot)
{
	if (slot->handle) {
		test_unpin(slot);
		memctl_page_free(slot->handle);
		test_untold(slot);
		if (slot->isolated)
			atomic64_inc(&test_counters.freed_isolated);
	} else {
		test_own_leave(slot);
		__free_page(slot->page);
	}
	test_forget(slot);
}

static void test_unmake(struct test_slot *slot)
{
	struct page *page;

	test_unpin(slot);
	page = memctl_page_unmake(slot->handle);
	WRITE_ONCE(slot->handle, NULL);
	test_untold(slot);
	test_own_del(slot);
	test_expect(page == slot->page, "another page is unmade");
	test_expect(!slot->isolated, "a page is unmade that was not given back");
	test_expect(!atomic_read(&slot->running), "an operation runs for a page that is unmade");
	test_own_take(slot);
}

int test_have(unsigned long nr)
{
	struct test_slot *slot, *next;
	int err = 0;

	list_for_each_entry_safe(slot, next, &test_slots, node) {
		if (test_nr > nr)
			test_remove(slot);
		else if (!slot->handle)
			err = test_make(slot);
		if (err)
			return err;
		cond_resched();
	}
	while (!err && test_nr < nr) {
		err = test_add();
		cond_resched();
	}
	return err;
}

int test_free_some(unsigned long nr)
{
	return test_have(test_nr - min(nr, test_nr));
}

int test_unmake_some(unsigned long nr)
{
	struct test_slot *slot;

	list_for_each_entry(slot, &test_slots, node) {
		if (!nr)
			break;
		if (!slot->handle)
			continue;
		test_unmake(slot);
		nr--;
		cond_resched();
	}
	return nr ? -ENOENT : 0;
}

/* Some of them were isolated when the provider went. */
void test_pages_end(void)
{
	struct test_slot *slot, *next;
	unsigned long movable = 0;

	list_for_each_entry(slot, &test_slots, node) {
		if (!slot->handle)
			continue;
		slot->handle = NULL;
		test_untold(slot);
		test_own_del(slot);
		test_expect(!slot->isolated, "unregistered while a page is isolated");
		test_own_take(slot);
	}
	WARN(test_count_wrong(&movable), "memctl_test_provider: wrong contents at the end\n");
	list_for_each_entry_safe(slot, next, &test_slots, node)
		test_remove(slot);
}
