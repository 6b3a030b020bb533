// SPDX-License-Identifier: GPL-2.0
/*
 * The binding from Linux 7.0 on: each page is enqueued in a balloon device of
 * its own, so that one chosen page can be dequeued, and migrated by its
 * migratepage().
 *
 * The rules are those of mm/balloon.c: the VM isolates a page, and gives it back,
 * without asking the device; when migratepage() has returned 0, it is the VM that takes
 * the new page's reference, inserts it and puts the old page. An isolated page
 * is on no list and balloon_page_list_dequeue() does not find it;
 * balloon_page_dequeue() is not used, for it BUGs on a device that is found empty
 * while its page's isolation ends. -ENOENT, which gives a page up without a
 * target, is not used either: 7.2 leaves such a page in nr_balloon_pages. A page
 * that was freed while it was isolated is therefore "migrated".
 */
#include "mm/binding.h"

#if MEMCTL_MM_BALLOON
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

const char *const memctl_mm_binding = "balloon";

/* A reference that lasts as long is not one of who only tries the page's lock. */
#define MEMCTL_PLAIN_WAITS 10000

static const struct memctl_mm_ops *memctl_vm;

int memctl_mm_bind_init(const struct memctl_mm_ops *ops)
{
	memctl_vm = ops;
	return 0;
}

const char *memctl_mm_bind_refusal(void)
{
	if (IS_ENABLED(CONFIG_BALLOON_MIGRATION))
		return NULL;
	return "this kernel was built without migration of balloon pages";
}

int memctl_vm_migrate(struct balloon_dev_info *balloon, struct page *dst, struct page *src,
		      enum migrate_mode mode)
{
	struct memctl_mm *mm = container_of(balloon, struct memctl_mm, balloon);
	int err;

	/*
	 * Its content is nobody's any more: dst takes its place, without it, and is
	 * reaped. Refused, it would be isolated again at once, and keep the range.
	 */
	if (memctl_vm->is_freed(mm))
		return 0;
	err = memctl_vm->migrate(mm, dst, mode);
	if (!err || err == -EAGAIN)
		return err;
	memctl_vm->putback(mm);		/* the VM will not say that it gives the page back */
	return -EBUSY;			/* others mean something to the VM */
}

void memctl_mm_make(struct memctl_mm *mm, struct page *page)
{
	balloon_devinfo_init(&mm->balloon);
	mm->balloon.migratepage = memctl_vm_migrate;
	balloon_page_enqueue(&mm->balloon, page);
}

/* The page leaves its device, if the VM does not have it. */
struct page *memctl_mm_remove(struct memctl_mm *mm, struct page *unused)
{
	struct page *page;
	LIST_HEAD(pages);

	if (!balloon_page_list_dequeue(&mm->balloon, &pages, 1))
		return NULL;
	page = list_first_entry(&pages, struct page, lru);
	list_del(&page->lru);		/* the list goes with this function */
	return page;
}

/*
 * The kernel itself takes these marks off only where it frees a page, because of one
 * race: isolate_movable_ops_page() takes a reference, sees the marks, tries the page's lock,
 * and relies on what it saw. So the lock is held here from before the type goes until
 * nobody else has a reference: who saw the marks has failed to get the lock by then, and who
 * takes a reference later sees none.
 */
void memctl_mm_make_plain(struct page *page)
{
	unsigned int waits;

	lock_page(page);
	__ClearPageOffline(page);
	smp_mb();		/* pairs with the atomic increment of who takes a reference */
	for (waits = 0; page_ref_count(page) != 1 && waits < MEMCTL_PLAIN_WAITS; waits++)
		usleep_range(10, 100);
	clear_bit(PG_movable_ops, (unsigned long *)&page->flags);
	unlock_page(page);
}

bool memctl_mm_claim(struct memctl_mm *mm, struct page *page)
{
	return memctl_mm_remove(mm, page);
}

void memctl_mm_unclaim(struct memctl_mm *mm, struct page *page)
{
	balloon_page_enqueue(&mm->balloon, page);
}

void memctl_mm_drop(struct memctl_mm *mm, struct page *page)
{
}

/* The VM itself enqueues dst with a reference, and drops that of src. */
void memctl_mm_moved(struct memctl_mm *mm, struct page *src, struct page *dst, bool evacuating)
{
	if (!evacuating)
		return;
	get_page(dst);
	balloon_page_enqueue(&mm->balloon, dst);
	put_page(src);
}

bool memctl_mm_isolated(struct page *page)
{
	return PageMovableOpsIsolated(page);
}
#endif
