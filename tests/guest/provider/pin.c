// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that must stay where they are for a while.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "provider.h"

int test_pin_some(unsigned long nr)
{
	struct test_slot *slot;
	bool all = !nr;

	list_for_each_entry(slot, &test_slots, node) {
		if (all) {
			test_unpin(slot);
		} else if (nr && slot->handle && !slot->pinned) {
			memctl_page_pin(slot->handle);
			slot->pinned_pfn = page_to_pfn(memctl_page(slot->handle));
			WRITE_ONCE(slot->pinned, true);
			nr--;
		}
		cond_resched();
	}
	return nr ? -ENOENT : 0;
}

void test_unpin(struct test_slot *slot)
{
	if (!slot->pinned)
		return;
	test_expect(memctl_page_is_pinned(slot->handle), "a pin is gone");
	test_expect(page_to_pfn(memctl_page(slot->handle)) == slot->pinned_pfn,
		    "a pinned page has moved");
	WRITE_ONCE(slot->pinned, false);
	memctl_page_unpin(slot->handle);
}

unsigned long test_count_pinned(void)
{
	struct test_slot *slot;
	unsigned long nr = 0;

	list_for_each_entry(slot, &test_slots, node)
		nr += slot->pinned;
	return nr;
}
