/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks at struct page without a lock, on every kernel: none of the kernel's own
 * macros that assert that a page is no tail, for it may become one at any time.
 */
#ifndef MEMCTL_MM_PEEK_H
#define MEMCTL_MM_PEEK_H

#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#include "mm/binding.h"
#include "mm/look.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define MEMCTL_BUDDY_ORDER	MAX_PAGE_ORDER	/* the largest */
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define MEMCTL_BUDDY_ORDER	MAX_ORDER
#else
#define MEMCTL_BUDDY_ORDER	(MAX_ORDER - 1)
#endif

/* Above all folios that there are: 4 GiB of small pages. */
#define MEMCTL_FOLIO_ORDER	20

/* The flags: an unsigned long, from 6.18 on inside a structure. */
static inline unsigned long memctl_peek_flags(const struct page *page)
{
	return READ_ONCE(*(const unsigned long *)&page->flags);
}

static inline unsigned long memctl_peek_mapping(const struct page *page)
{
	return (unsigned long)READ_ONCE(page->mapping);
}

#define memctl_flag(flags, name)	((flags) & BIT(PG_##name))

/* Reads a pointer at an address that may be stale; false: nothing is there. */
static inline bool memctl_peek_at(const void **value, const void *pointer)
{
	return !copy_from_kernel_nofault(value, pointer, sizeof(*value));
}

static inline bool memctl_peek_slab(const struct page *page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	if (PageLargeKmalloc(page))
		return true;
#endif
	return PageSlab((struct page *)page);
}

/* Free, though on none of the allocator's lists of pages; *order is unchecked. */
static inline bool memctl_peek_set_aside(const struct page *page, unsigned long *order)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	if (PageUnaccepted(page)) {
		*order = MEMCTL_BUDDY_ORDER;
		return true;
	}
#endif
	*order = READ_ONCE(page->private);
	return PageGuard((struct page *)page);
}

static inline long memctl_peek_mapcount_small(const struct page *page)
{
	int count = atomic_read(&page->_mapcount) + 1;

	return count > 0 ? count : 0;	/* below 0 it is no count but a type */
}

/* The same of a large folio; -1: that cannot be told on this kernel. */
long memctl_peek_mapcount_large(const struct page *head, unsigned int order, bool anon, bool huge);

/* How often the folio of that order is mapped; -1: that cannot be told. */
static inline long memctl_peek_mapcount(const struct page *head, unsigned int order, bool anon,
					bool huge)
{
	return order ? memctl_peek_mapcount_large(head, order, anon, huge) :
		       memctl_peek_mapcount_small(head);
}

/* Has a page that is no tail buffers of a file system, or something else of its own? */
static inline bool memctl_peek_has_buffers(const struct page *page)
{
	return memctl_flag(memctl_peek_flags(page), private) &&
	       memctl_flag(memctl_peek_flags(page), lru) && !(memctl_peek_mapping(page) & 3);
}

/*
 * Is one of its buffers locked, for I/O that may take long? Who moves the page waits for that,
 * though the page itself is not locked. What is no buffer may look like one that is.
 */
bool memctl_peek_buffers_locked(const struct page *page);

/*
 * Is the page migrated by its driver? Fills in the owner, or leaves it; look->keeps: the
 * driver has it in use, and does not for now. True for a page whose driver does not
 * migrate, by the looks of it, is rare, and short.
 */
bool memctl_peek_movable(struct page *page, unsigned long flags, struct memctl_look *look);

#endif /* MEMCTL_MM_PEEK_H */
