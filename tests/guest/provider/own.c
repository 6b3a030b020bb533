// SPDX-License-Identifier: GPL-2.0
/*
 * What movable.h promises a driver of its pages: a list of its own while they are
 * movable, by a node that is not in struct page, and pages like any other when they are
 * taken back.
 */
#include <linux/mm.h>

#include "provider.h"

static DEFINE_SPINLOCK(test_own_lock);
static LIST_HEAD(test_own);		/* slots, by slot->own */
static LIST_HEAD(test_taken);		/* pages taken back, by page->lru */

void test_own_add(struct test_slot *slot)
{
	spin_lock(&test_own_lock);
	test_expect(list_empty(&slot->own), "a page comes twice");
	list_add_tail(&slot->own, &test_own);
	spin_unlock(&test_own_lock);
}

void test_own_del(struct test_slot *slot)
{
	spin_lock(&test_own_lock);
	list_del_init(&slot->own);
	spin_unlock(&test_own_lock);
}

void test_own_take(struct test_slot *slot)
{
	struct page *page = slot->page;

	test_expect(!page_private(page) && !page->mapping, "a page comes back, and is still bound");
	test_expect(!PageOffline(page) && !PageUptodate(page), "a page comes back marked");
	spin_lock(&test_own_lock);
	set_page_private(page, (unsigned long)slot);
	list_add(&page->lru, &test_taken);
	spin_unlock(&test_own_lock);
}

void test_own_leave(struct test_slot *slot)
{
	struct page *page = slot->page;

	if (!page_private(page))
		return;		/* it is new */
	test_expect(page_private(page) == (unsigned long)slot, "a page taken back was changed");
	spin_lock(&test_own_lock);
	list_del(&page->lru);
	set_page_private(page, 0);
	spin_unlock(&test_own_lock);
}

unsigned long test_own_count(void)
{
	struct test_slot *slot;
	unsigned long nr = 0;

	spin_lock(&test_own_lock);
	list_for_each_entry(slot, &test_own, own)
		nr++;
	spin_unlock(&test_own_lock);
	return nr;
}
