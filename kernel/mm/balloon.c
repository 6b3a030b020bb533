// SPDX-License-Identifier: GPL-2.0
/*
 * The binding from Linux 6.17 on: each page is enqueued in a balloon device of
 * its own, so that one chosen page can be dequeued, and migrated by its
 * migratepage().
 *
 * The rules are those of mm/balloon.c (earlier mm/balloon_compaction.c): the VM
 * isolates a page, and gives it back, without asking the device; an isolated page
 * is on no list and balloon_page_list_dequeue() does not find it;
 * balloon_page_dequeue() is not used, for it BUGs on a device that is found empty
 * while its page's isolation ends. -ENOENT, which gives a page up without a
 * target, is not used either: 7.2 leaves such a page in nr_balloon_pages. A page
 * that was freed while it was isolated is therefore "migrated".
 */
#include "provider/provider.h"

#if !MEMCTL_MM_TELLS

const char *const memctl_mm_binding = "balloon";

int memctl_vm_migrate(struct balloon_dev_info *balloon, struct page *dst, struct page *src,
		      enum migrate_mode mode)
{
	struct memctl_page *mp = container_of(balloon, struct memctl_page, mm.balloon);
	int err;

	/*
	 * Its content is nobody's any more: dst takes its place, without it, and is
	 * reaped. Refused, it would be isolated again at once, and keep the range.
	 */
	if (memctl_page_gone(mp))
		return 0;
	err = memctl_page_migrate(mp, dst, mode);
	/* Of a driver it is an error like any other; to the VM it gives the page up. */
	return err == -ENOENT ? -EBUSY : err;
}

int memctl_mm_init(void)
{
	if (IS_ENABLED(CONFIG_BALLOON_MIGRATION) || IS_ENABLED(CONFIG_BALLOON_COMPACTION))
		return 0;
	pr_err("this kernel was built without migration of balloon pages: nothing can be made movable\n");
	return -EOPNOTSUPP;
}

void memctl_mm_make(struct memctl_page *mp)
{
	balloon_devinfo_init(&mp->mm.balloon);
	mp->mm.balloon.migratepage = memctl_vm_migrate;
	balloon_page_enqueue(&mp->mm.balloon, mp->page);
}

/* The page leaves its device, if the VM does not have it. */
struct page *memctl_mm_remove(struct memctl_page *mp)
{
	LIST_HEAD(pages);

	if (!balloon_page_list_dequeue(&mp->mm.balloon, &pages, 1))
		return NULL;
	return list_first_entry(&pages, struct page, lru);
}

bool memctl_mm_claim(struct memctl_page *mp)
{
	return memctl_mm_remove(mp);
}

void memctl_mm_unclaim(struct memctl_page *mp)
{
	balloon_page_enqueue(&mp->mm.balloon, mp->page);
}

void memctl_mm_drop(struct memctl_page *mp)
{
}

/* The VM itself enqueues dst with a reference, and drops that of src. */
void memctl_mm_moved(struct memctl_page *mp, struct page *src, struct page *dst, bool ours)
{
	if (!ours)
		return;
	get_page(dst);
	balloon_page_enqueue(&mp->mm.balloon, dst);
	put_page(src);
}

bool memctl_mm_isolated(struct page *page)
{
	return PageMovableOpsIsolated(page);
}

bool memctl_mm_peek(struct page *page)
{
	return PageOffline(page) && page_has_movable_ops(page);
}
#endif
