// SPDX-License-Identifier: GPL-2.0
/*
 * The binding up to Linux 6.16: page->mapping carries our operations, page->private
 * the handle. Both are written under the page lock, and the VM calls us under it.
 *
 * The rules are those of mm/migrate.c and mm/compaction.c of 6.1 to 6.16: an
 * isolated page that is no longer movable when its turn comes is dropped by the VM
 * with its reference, without a call.
 */
#include "provider/provider.h"

#if MEMCTL_MM_TELLS
#include <linux/migrate.h>
#include <linux/pagemap.h>

const char *const memctl_mm_binding = "movable_ops";

static struct memctl_page *memctl_mm_handle(struct page *page)
{
	return (struct memctl_page *)page_private(page);
}

static bool memctl_vm_isolate(struct page *page, isolate_mode_t mode)
{
	return memctl_page_isolate(memctl_mm_handle(page));
}

static int memctl_vm_migrate(struct page *dst, struct page *src,
			     enum migrate_mode mode)
{
	return memctl_page_migrate(memctl_mm_handle(src), dst, mode);
}

static void memctl_vm_putback(struct page *page)
{
	memctl_page_putback(memctl_mm_handle(page));
}

const struct movable_operations memctl_movable_operations = {
	.isolate_page = memctl_vm_isolate,
	.migrate_page = memctl_vm_migrate,
	.putback_page = memctl_vm_putback,
};

static void memctl_mm_bind(struct memctl_page *mp, struct page *page)
{
	set_page_private(page, (unsigned long)mp);
	__SetPageMovable(page, &memctl_movable_operations);
}

static void memctl_mm_unbind(struct page *page)
{
	__ClearPageMovable(page);
	set_page_private(page, 0);
}

int memctl_mm_init(void)
{
	return 0;
}

void memctl_mm_make(struct memctl_page *mp)
{
	lock_page(mp->page);
	memctl_mm_bind(mp, mp->page);
	unlock_page(mp->page);
}

struct page *memctl_mm_remove(struct memctl_page *mp)
{
	struct page *page = mp->page;

	lock_page(page);
	memctl_mm_unbind(page);
	unlock_page(page);
	return page;
}

/* The VM asks us at isolation, and is refused while evacuation has the page. */
bool memctl_mm_claim(struct memctl_page *mp)
{
	return true;
}

void memctl_mm_unclaim(struct memctl_page *mp)
{
}

void memctl_mm_drop(struct memctl_page *mp)
{
	memctl_mm_remove(mp);
}

void memctl_mm_moved(struct memctl_page *mp, struct page *src, struct page *dst, bool ours)
{
	memctl_mm_unbind(src);
	get_page(dst);
	memctl_mm_bind(mp, dst);
	put_page(src);		/* not the last: who migrates has one */
}

bool memctl_mm_isolated(struct page *page)
{
	return PageIsolated(page);
}

bool memctl_mm_peek(struct page *page)
{
	return __PageMovable(page) &&
	       page_movable_ops(page) == &memctl_movable_operations;
}
#endif
