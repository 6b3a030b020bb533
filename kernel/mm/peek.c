// SPDX-License-Identifier: GPL-2.0
/*
 * What kernels keep in different places: how often a folio is mapped, and which
 * driver migrates a page.
 */
#include <linux/buffer_head.h>

#include "mm/binding.h"
#include "mm/peek.h"

#if MEMCTL_MM_MOVABLE_OPS
#include <linux/balloon_compaction.h>
#include <linux/migrate.h>
#elif !MEMCTL_MM_BALLOON
#include <linux/balloon_compaction.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
long memctl_peek_mapcount_large(const struct page *head, unsigned int order, bool anon, bool huge)
{
	return atomic_read(&((const struct folio *)head)->_large_mapcount) + 1;
}
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
/* Mappings of the whole are counted in the first tail, and with files in each page, too. */
long memctl_peek_mapcount_large(const struct page *head, unsigned int order, bool anon, bool huge)
{
	long whole = atomic_read(&head[1].compound_mapcount) + 1, count = whole;
	unsigned long i, pages = 1UL << order;

	if (huge)
		return whole;
	/* That is all there is most often, and saves looking at each page. */
	if (anon && page_ref_count((struct page *)head) <= whole)
		return whole;
	for (i = 0; i < pages; i++)
		count += memctl_peek_mapcount_small(&head[i]);
	if (!anon)
		return count - whole * pages;
	if (test_bit(PG_double_map, &head[1].flags))
		count -= pages;
	return count;
}
#else
long memctl_peek_mapcount_large(const struct page *head, unsigned int order, bool anon, bool huge)
{
	return -1;
}
#endif

static void memctl_peek_driver(struct memctl_look *look, const void *function)
{
	look->kind = MEMCTL_OWNER_DRIVER;
	look->owner = function;
}

/* Of a page in a balloon: false if the balloon cannot migrate, or is gone. */
static bool memctl_peek_balloon(struct page *page, struct memctl_look *look)
{
	const struct balloon_dev_info *balloon = (const void *)READ_ONCE(page->private);
	const void *migrate;

	if (!balloon || !memctl_peek_at(&migrate, &balloon->migratepage) || !migrate)
		return false;
	memctl_peek_driver(look, migrate);
	return true;
}

/* A handle of ours, which may be gone: its provider, and whether that has pinned the page. */
static __maybe_unused bool memctl_peek_handle(const struct memctl_mm *mm, struct memctl_look *look)
{
	atomic_t pins;

	if (!memctl_peek_at(&look->owner, &mm->owner) ||
	    copy_from_kernel_nofault(&pins, &mm->pins, sizeof(pins)))
		return false;
	look->kind = MEMCTL_OWNER_PROVIDER;
	look->keeps = atomic_read(&pins) > 0;
	return true;
}

#if MEMCTL_MM_MOVABLE_OPS
/* Ours: page->private is what a handle has for the VM. */
static bool memctl_peek_ours(struct page *page, unsigned long mapping, struct memctl_look *look)
{
	return mapping == ((unsigned long)&memctl_movable_operations | PAGE_MAPPING_MOVABLE) &&
	       memctl_peek_handle((const void *)READ_ONCE(page->private), look);
}

bool memctl_peek_movable(struct page *page, unsigned long flags, struct memctl_look *look)
{
	unsigned long mapping = memctl_peek_mapping(page);
	const struct movable_operations *ops;
	const void *migrate;

	if ((mapping & PAGE_MAPPING_FLAGS) != PAGE_MAPPING_MOVABLE)
		return false;
	if (memctl_peek_ours(page, mapping, look))
		return true;
	if (PageOffline(page))
		return memctl_peek_balloon(page, look);
	ops = (const void *)(mapping - PAGE_MAPPING_MOVABLE);
	if (memctl_peek_at(&migrate, &ops->migrate_page))
		memctl_peek_driver(look, migrate);
	return true;
}
#else
/* Ours: page->private is the balloon device of a handle. */
static bool memctl_peek_ours(struct page *page, struct memctl_look *look)
{
#if MEMCTL_MM_BALLOON
	const struct balloon_dev_info *balloon = (const void *)READ_ONCE(page->private);
	const struct memctl_mm *mm = container_of(balloon, struct memctl_mm, balloon);
	const void *migrate;

	return balloon && memctl_peek_at(&migrate, &balloon->migratepage) &&
	       migrate == memctl_vm_migrate && memctl_peek_handle(mm, look);
#else
	return false;
#endif
}

bool memctl_peek_movable(struct page *page, unsigned long flags, struct memctl_look *look)
{
	if (!memctl_flag(flags, movable_ops))
		return false;
	if (PageZsmalloc(page)) {
		look->kind = MEMCTL_OWNER_TEXT;
		look->owner = "zsmalloc";
		return true;
	}
	if (!PageOffline(page))
		return false;
	if (memctl_peek_ours(page, look))
		return true;
	return memctl_peek_balloon(page, look);
}
#endif

/* As many as a page of 64 KiB can have, in sectors. */
#define MEMCTL_BUFFERS_MAX 128

bool memctl_peek_buffers_locked(const struct page *page)
{
	const struct buffer_head *first, *bh;
	unsigned int i;

	if (!memctl_peek_has_buffers(page))
		return false;
	first = (const struct buffer_head *)READ_ONCE(page->private);
	bh = first;
	for (i = 0; bh && i < MEMCTL_BUFFERS_MAX; i++) {
		const void *state, *next;

		if (!memctl_peek_at(&state, &bh->b_state) ||
		    !memctl_peek_at(&next, &bh->b_this_page))
			return false;
		if ((unsigned long)state & BIT(BH_Lock))
			return true;
		if (next == first)
			break;
		bh = next;
	}
	return false;
}
