// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that are not to be made movable. What is taken all the same is a violation.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "provider.h"

static void test_refused_one(struct seq_file *file, const char *what, struct page *page)
{
	struct memctl_page *handle = memctl_page_make(test_provider, page, NULL);

	test_expect(IS_ERR(handle), what);
	seq_printf(file, "%s %ld\n", what, IS_ERR(handle) ? -PTR_ERR(handle) : 0);
}

void test_refused_show(struct seq_file *file)
{
	struct test_slot *slot = list_first_entry_or_null(&test_slots, struct test_slot, node);
	struct page *single = alloc_page(GFP_HIGHUSER_MOVABLE);
	struct page *large = alloc_pages(GFP_HIGHUSER | __GFP_COMP, 1);

	if (slot && slot->handle)
		test_refused_one(file, "twice", memctl_page(slot->handle));
	if (large) {
		test_refused_one(file, "large", large);
		__free_pages(large, 1);
	}
	if (single) {
		set_page_private(single, 1);
		test_refused_one(file, "private", single);
		set_page_private(single, 0);
		__free_page(single);
	}
}
