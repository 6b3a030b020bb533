// SPDX-License-Identifier: GPL-2.0
/*
 * What a driver may hand in, and what it gets back: a page like any other.
 */
#include <linux/mm.h>

#include "mm/binding.h"

/* More references than one are let pass: the VM takes some for a moment, whose page it may be. */
bool memctl_mm_is_plain(struct page *page)
{
	return page_ref_count(page) && !PageLRU(page) && !PageCompound(page) &&
	       !PageReserved(page) && !READ_ONCE(page->mapping) && !page_private(page) &&
	       atomic_read(&page->_mapcount) == -1;	/* mapped by nobody, and of no type */
}
