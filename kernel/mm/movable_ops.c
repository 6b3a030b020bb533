// SPDX-License-Identifier: GPL-2.0
/*
 * The binding up to Linux 6.16: page->mapping carries our operations, page->private
 * the handle's struct memctl_mm. Both are written under the page lock, and the VM calls us
 * under it.
 *
 * The rules are those of mm/migrate.c and mm/compaction.c of 6.1 to 6.16: an
 * isolated page that is no longer movable when its turn comes is dropped by the VM
 * with its reference, without a call.
 */
#include "mm/binding.h"

#if MEMCTL_MM_MOVABLE_OPS
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

const char *const memctl_mm_binding = "movable_ops";

static const struct memctl_mm_ops *memctl_vm;

int memctl_mm_bind_init(const struct memctl_mm_ops *ops)
{
	memctl_vm = ops;
	return 0;
}

const char *memctl_mm_bind_refusal(void)
{
	if (IS_ENABLED(CONFIG_COMPACTION))
		return NULL;
	return "this kernel was built without CONFIG_COMPACTION: it moves no drivers' pages";
}

static struct memctl_mm *memctl_mm_of(struct page *page)
{
	return (struct memctl_mm *)page_private(page);
}

static bool memctl_vm_isolate(struct page *page, isolate_mode_t mode)
{
	return memctl_vm->isolate(memctl_mm_of(page));
}

/* -ENOMEM would end the whole round on 6.1, other errors mean something to the VM, too. */
static int memctl_vm_migrate(struct page *dst, struct page *src,
			     enum migrate_mode mode)
{
	int err = memctl_vm->migrate(memctl_mm_of(src), dst, mode);

	return err && err != -EAGAIN ? -EBUSY : err;
}

static void memctl_vm_putback(struct page *page)
{
	memctl_vm->putback(memctl_mm_of(page));
}

const struct movable_operations memctl_movable_operations = {
	.isolate_page = memctl_vm_isolate,
	.migrate_page = memctl_vm_migrate,
	.putback_page = memctl_vm_putback,
};

static void memctl_mm_bind(struct memctl_mm *mm, struct page *page)
{
	set_page_private(page, (unsigned long)mm);
	__SetPageMovable(page, &memctl_movable_operations);
}

static void memctl_mm_unbind(struct page *page)
{
	__ClearPageMovable(page);
	set_page_private(page, 0);
}

void memctl_mm_make(struct memctl_mm *mm, struct page *page)
{
	lock_page(page);
	memctl_mm_bind(mm, page);
	unlock_page(page);
}

struct page *memctl_mm_remove(struct memctl_mm *mm, struct page *page)
{
	lock_page(page);
	memctl_mm_unbind(page);
	unlock_page(page);
	return page;
}

/* Nobody but us called it movable; up to 6.16 __ClearPageMovable() leaves the kind. */
void memctl_mm_make_plain(struct page *page)
{
	lock_page(page);
	page->mapping = NULL;
	unlock_page(page);
}

/* The VM asks us at isolation, and is refused while evacuation has the page. */
bool memctl_mm_claim(struct memctl_mm *mm, struct page *page)
{
	return true;
}

void memctl_mm_unclaim(struct memctl_mm *mm, struct page *page)
{
}

void memctl_mm_drop(struct memctl_mm *mm, struct page *page)
{
	memctl_mm_remove(mm, page);
}

void memctl_mm_moved(struct memctl_mm *mm, struct page *src, struct page *dst, bool evacuating)
{
	memctl_mm_unbind(src);
	get_page(dst);
	memctl_mm_bind(mm, dst);
	put_page(src);		/* not the last: who migrates has one */
}

bool memctl_mm_isolated(struct page *page)
{
	return PageIsolated(page);
}
#endif
