// SPDX-License-Identifier: GPL-2.0
/*
 * The content of the pages: a pattern of words that no two pages share, made of the
 * slot's seed.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "provider.h"

#define TEST_WORDS	(PAGE_SIZE / sizeof(u64))

static u64 test_word(u64 seed, unsigned int i)
{
	return (seed << 16 | i) * 0x9e3779b97f4a7c15ULL;
}

void test_fill(struct test_slot *slot)
{
	u64 *words = kmap_local_page(slot->page);
	unsigned int i;

	for (i = 0; i < TEST_WORDS; i++)
		words[i] = test_word(slot->seed, i);
	kunmap_local(words);
}

/* A use of the page: the VM has to prepare it again, if it has. */
static bool test_right(struct test_slot *slot)
{
	unsigned int i;
	u64 *words;

	spin_lock(&slot->lock);
	if (slot->handle)
		memctl_page_touch(slot->handle);
	words = kmap_local_page(slot->page);
	for (i = 0; i < TEST_WORDS && words[i] == test_word(slot->seed, i); i++)
		;
	kunmap_local(words);
	spin_unlock(&slot->lock);
	return i == TEST_WORDS;
}

unsigned long test_count_wrong(unsigned long *movable)
{
	struct test_slot *slot;
	unsigned long wrong = 0;

	list_for_each_entry(slot, &test_slots, node) {
		wrong += !test_right(slot);
		*movable += !!slot->handle;
		cond_resched();
	}
	return wrong;
}
