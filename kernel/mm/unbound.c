// SPDX-License-Identifier: GPL-2.0
/*
 * No binding: on Linux 6.17 to 6.19 providers are refused, so that none of this is called
 * but the first three.
 */
#include "mm/binding.h"

#if !MEMCTL_MM_MOVABLE_OPS && !MEMCTL_MM_BALLOON
#include <linux/bug.h>

const char *const memctl_mm_binding = "none";

int memctl_mm_bind_init(const struct memctl_mm_ops *ops)
{
	return 0;
}

const char *memctl_mm_bind_refusal(void)
{
	return "Linux 6.17 to 6.19 have a contract for this that memctl.ko does not keep";
}

void memctl_mm_make(struct memctl_mm *mm, struct page *page)
{
	WARN_ON_ONCE(1);
}

struct page *memctl_mm_remove(struct memctl_mm *mm, struct page *page)
{
	return page;
}

void memctl_mm_make_plain(struct page *page)
{
}

bool memctl_mm_claim(struct memctl_mm *mm, struct page *page)
{
	return false;
}

void memctl_mm_unclaim(struct memctl_mm *mm, struct page *page)
{
}

void memctl_mm_drop(struct memctl_mm *mm, struct page *page)
{
}

void memctl_mm_moved(struct memctl_mm *mm, struct page *src, struct page *dst, bool evacuating)
{
	WARN_ON_ONCE(1);
}

bool memctl_mm_isolated(struct page *page)
{
	return false;
}
#endif
