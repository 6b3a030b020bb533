/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a page is bound to the VM: one of two bindings, by the kernel built for.
 *
 * movable_ops.c  up to 6.16: __SetPageMovable() with operations of our own
 * balloon.c      from 6.17: set_movable_ops() serves one owner a page type, and
 *                the balloon's interface is the one that is general and exported
 */
#ifndef MEMCTL_MM_BINDING_H
#define MEMCTL_MM_BINDING_H

#include <linux/types.h>
#include <linux/version.h>

struct memctl_page;
struct page;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#if __has_include("linux/balloon.h")
#include <linux/balloon.h>
#else
#include <linux/balloon_compaction.h>
#endif

/* Does the VM tell when it isolates a page and when it gives it back? */
#define MEMCTL_MM_TELLS 0

struct memctl_mm {
	struct balloon_dev_info balloon;	/* of this page alone */
};
#else
#define MEMCTL_MM_TELLS 1

struct memctl_mm {
};
#endif

extern const char *const memctl_mm_binding;

/* Is the module of use on this kernel? 0, or a negative errno after saying why not. */
int memctl_mm_init(void);

/* Let the VM have mp->page from now on. May sleep; the page is not locked. */
void memctl_mm_make(struct memctl_page *mp);

/*
 * Keep the VM from isolating the page from now on; returns it, with memctl's
 * reference. NULL: the VM has it, try again. May sleep; the page is not locked. Up
 * to 6.16 never NULL: a page that the VM has is then freed, not migrated, when its
 * turn comes. From 6.17 on it may be another page than mp->page if mp is GONE.
 */
struct page *memctl_mm_remove(struct memctl_page *mp);

/*
 * Evacuation takes a page that it asks for from the VM's reach, first; false: the
 * VM has it. memctl_mm_unclaim() gives it back.
 */
bool memctl_mm_claim(struct memctl_page *mp);
void memctl_mm_unclaim(struct memctl_page *mp);

/* A page that evacuation has claimed is the VM's no more, and will be freed. May sleep. */
void memctl_mm_drop(struct memctl_page *mp);

/*
 * The content has moved from src, which is mp->page, to dst: bind dst in its
 * place, with a reference of its own, and drop that of src. @ours: evacuation has
 * moved it, not the VM. Both pages are locked, the provider's lock is held.
 */
void memctl_mm_moved(struct memctl_page *mp, struct page *src, struct page *dst, bool ours);

/* Has the VM isolated the page? A look without a lock; asked where the VM does not tell. */
bool memctl_mm_isolated(struct page *page);

/* May the page be bound by us? A look without a lock; false is certain. */
bool memctl_mm_peek(struct page *page);

/* What tells our pages from those of other drivers. */
#if MEMCTL_MM_TELLS
extern const struct movable_operations memctl_movable_operations;
#else
int memctl_vm_migrate(struct balloon_dev_info *balloon, struct page *dst, struct page *src,
		      enum migrate_mode mode);
#endif

#endif /* MEMCTL_MM_BINDING_H */
