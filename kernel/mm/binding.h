/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a page is bound to the VM. Two bindings; which one a kernel has is told by its
 * headers, when the module is built:
 *
 * movable_ops.c  up to 6.16: __SetPageMovable() with operations of our own
 * balloon.c      from 7.0 on: set_movable_ops() serves one owner a page type, and
 *                the balloon's interface is the one that is general and exported
 *
 * Linux 6.17 to 6.19 have the balloon's interface by another contract: there the device
 * itself takes the reference of the new page, inserts it and puts the old one. No such
 * kernel was at hand to run on, so nothing is bound there (memctl_mm_bind_refusal());
 * all else of the module works.
 *
 * Nothing here knows providers: what a binding asks, and of which struct memctl_mm, is
 * answered by the operations that memctl_mm_bind_init() was given.
 */
#ifndef MEMCTL_MM_BINDING_H
#define MEMCTL_MM_BINDING_H

#include <linux/atomic.h>
#include <linux/migrate_mode.h>
#include <linux/types.h>
#include <linux/version.h>

struct page;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define MEMCTL_MM_MOVABLE_OPS	1
#define MEMCTL_MM_BALLOON	0
#elif __has_include("linux/balloon.h")
#define MEMCTL_MM_MOVABLE_OPS	0
#define MEMCTL_MM_BALLOON	1
#include <linux/balloon.h>
#else
#define MEMCTL_MM_MOVABLE_OPS	0
#define MEMCTL_MM_BALLOON	0
#endif

/* In each handle: what the VM finds from a page, and what is used without a lock. */
struct memctl_mm {
	const void *owner;		/* whose it is, for who looks without a lock (peek.c) */
	atomic_t pins;			/* how often it is pinned; looked at likewise */
	bool touched;			/* used since its round began; written without a lock */
#if MEMCTL_MM_BALLOON
	struct balloon_dev_info balloon;	/* of this page alone */
#endif
};

/*
 * What the VM asks. The page is locked, but for isolation from 7.0 on, where that is asked
 * for with the migration. No lock of memctl's is held.
 */
struct memctl_mm_ops {
	bool (*isolate)(struct memctl_mm *mm);
	/* 0, -EAGAIN, or another error: the page is given up for this request. */
	int (*migrate)(struct memctl_mm *mm, struct page *dst, enum migrate_mode mode);
	void (*putback)(struct memctl_mm *mm);
	/* Was its page freed while it was isolated? Its content is nobody's then. */
	bool (*is_freed)(struct memctl_mm *mm);
};

extern const char *const memctl_mm_binding;

/* At init, once: who answers. Always 0. */
int memctl_mm_bind_init(const struct memctl_mm_ops *ops);

/* Why no page can be made movable on this kernel, in a line for people; NULL: they can. */
const char *memctl_mm_bind_refusal(void);

/*
 * Does the VM isolate pages, and give them back, without a word? Then a page that it has
 * is seen by memctl_mm_isolated() only, and has to be looked for.
 */
static inline bool memctl_mm_is_silent(void)
{
	return MEMCTL_MM_BALLOON;
}

/*
 * Are such pages left out of a hibernation image? PageOffline pages are, which pages of a
 * balloon are: saveable_page() in kernel/power/snapshot.c.
 */
static inline bool memctl_mm_is_left_out(void)
{
	return MEMCTL_MM_BALLOON;
}

/*
 * May a page be made movable: a single one with one reference, that is on no list of the
 * VM's, mapped by nobody, and whose fields in struct page are unused? Without a lock.
 */
bool memctl_mm_is_plain(struct page *page);

/* Let the VM have the page from now on. May sleep; the page is not locked. */
void memctl_mm_make(struct memctl_mm *mm, struct page *page);

/*
 * Keep the VM from isolating the page from now on; returns it, with memctl's
 * reference. NULL: the VM has it, try again. May sleep; the page is not locked. Up
 * to 6.16 never NULL: a page that the VM has is then freed, not migrated, when its
 * turn comes. From 7.0 on it may be another page than @page if that was freed.
 */
struct page *memctl_mm_remove(struct memctl_mm *mm, struct page *page);

/*
 * What memctl_mm_remove() has returned becomes a page like any other: no type, no flag
 * and no list tell what it was. Sleeps until nobody who has seen the marks is at it.
 */
void memctl_mm_make_plain(struct page *page);

/*
 * Evacuation takes a page that it asks for from the VM's reach, first; false: the
 * VM has it. memctl_mm_unclaim() gives it back.
 */
bool memctl_mm_claim(struct memctl_mm *mm, struct page *page);
void memctl_mm_unclaim(struct memctl_mm *mm, struct page *page);

/* A page that evacuation has claimed is the VM's no more, and will be freed. May sleep. */
void memctl_mm_drop(struct memctl_mm *mm, struct page *page);

/*
 * The content has moved from src to dst: bind dst in its place, with a reference of its
 * own, and drop that of src. @evacuating: evacuation has moved it, not the VM. Both
 * pages are locked, the provider's lock is held.
 */
void memctl_mm_moved(struct memctl_mm *mm, struct page *src, struct page *dst, bool evacuating);

/* Has the VM isolated the page? A look without a lock; asked where the VM is silent. */
bool memctl_mm_isolated(struct page *page);

/* What tells our pages from those of other drivers. */
#if MEMCTL_MM_MOVABLE_OPS
extern const struct movable_operations memctl_movable_operations;
#elif MEMCTL_MM_BALLOON
int memctl_vm_migrate(struct balloon_dev_info *balloon, struct page *dst, struct page *src,
		      enum migrate_mode mode);
#endif

#endif /* MEMCTL_MM_BINDING_H */
