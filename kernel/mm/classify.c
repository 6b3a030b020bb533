// SPDX-License-Identifier: GPL-2.0
/*
 * The class of a page, in the order of uapi/memctl.h.
 *
 * Whatever is read may be stale, or of another use of the page than what was read
 * just before: orders are checked against the pfn and read again, pointers followed
 * with copy_from_kernel_nofault() only, and references that seem too many counted
 * again.
 */
#include <linux/list.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>

#include "mm/classify.h"
#include "mm/peek.h"

#define MEMCTL_LOOKS	3	/* until a reference too many is believed */

#define MEMCTL_BUSY_FLAGS	(BIT(PG_locked) | BIT(PG_writeback))

static bool memctl_order_fits(unsigned long pfn, unsigned int order, unsigned int most)
{
	return order <= most && IS_ALIGNED(pfn, 1UL << order);
}

/* The order of a compound page and its head, if the page is in one. */
static bool memctl_peek_compound(struct page *page, unsigned long pfn, struct page **head,
				 unsigned long *head_pfn, unsigned int *order)
{
	unsigned int i;

	for (i = 0; i < MEMCTL_LOOKS; i++) {
		struct page *found = compound_head(page);

		if (found > page || page - found >= 1L << MEMCTL_FOLIO_ORDER)
			continue;
		*head_pfn = pfn - (page - found);
		if (pfn_to_section_nr(*head_pfn) != pfn_to_section_nr(pfn) &&
		    !pfn_to_online_page(*head_pfn))
			continue;
		*order = compound_order(found);
		if (!*order || !memctl_order_fits(*head_pfn, *order, MEMCTL_FOLIO_ORDER) ||
		    pfn - *head_pfn >= 1UL << *order)
			continue;
		smp_rmb();	/* the same still, then the order was that of the head */
		if (compound_head(page) != found || compound_order(found) != *order)
			continue;
		*head = found;
		return true;
	}
	return false;
}

static void memctl_look_free(struct memctl_look *look, unsigned long pfn, unsigned long order)
{
	look->class = MEMCTL_CLASS_FREE;
	if (memctl_order_fits(pfn, order, MEMCTL_BUDDY_ORDER)) {
		look->order = order;
		look->pages = 1UL << order;
	}
}

/* Is the page on a list with others? A CPU's free page is, one inside of a larger one is not. */
static bool memctl_peek_listed(const struct page *page)
{
	const struct list_head *next = READ_ONCE(page->lru.next);
	const void *prev;

	return next != &page->lru && memctl_peek_at(&prev, &next->prev) && prev == &page->lru;
}

/*
 * Nobody has a reference, and no type tells why. It is free, or inside of a larger
 * page that is not compound, and then its first page tells: the nearest of those
 * that it may be that has a reference, a type or a list.
 */
static void memctl_look_unreferenced(struct page *page, unsigned long pfn,
				     struct memctl_look *look)
{
	unsigned int order;

	for (order = 0; order <= MEMCTL_BUDDY_ORDER; order++) {
		unsigned long off = pfn & ((1UL << order) - 1), found;
		struct page *first = page - off;

		if (order && !off)
			continue;
		if (page_has_type(first)) {
			found = READ_ONCE(first->private);
			if (PageBuddy(first) && found >= order &&
			    memctl_order_fits(pfn - off, found, MEMCTL_BUDDY_ORDER)) {
				look->class = MEMCTL_CLASS_FREE;
				look->order = found;
				look->pages = (1UL << found) - off;
			}
			return;
		}
		if (page_ref_count(first))
			return;
		if (memctl_peek_listed(first)) {
			look->class = MEMCTL_CLASS_FREE;
			return;
		}
	}
}

/* References beyond those that the folio's mappings and its cache have. */
static __always_inline long memctl_peek_surplus(struct page *head, unsigned long flags,
						unsigned int order, bool anon, bool huge)
{
	unsigned long cached = 1UL << order;
	long refs = page_ref_count(head), mapped;

	smp_rmb();	/* a mapping is counted after its reference */
	mapped = memctl_peek_mapcount(head, order, anon, huge);
	if (mapped < 0)
		return 0;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	if (huge)
		cached = 1;
#endif
	refs -= mapped;
	if (!huge && memctl_flag(flags, swapbacked) && memctl_flag(flags, swapcache))
		refs -= cached;
	if (!anon) {
		if (memctl_peek_mapping(head))
			refs -= cached;
		if (!huge && memctl_flag(flags, private))
			refs--;
	}
	return refs;
}

/* There seemed to be some: are there still? */
static noinline bool memctl_peek_surplus_stays(struct page *head, unsigned int order, bool anon,
					       bool huge)
{
	unsigned int i;

	for (i = 1; i < MEMCTL_LOOKS; i++) {
		unsigned long flags = memctl_peek_flags(head);

		/* Who writes it back or has it locked has a reference, and will drop it. */
		if (flags & MEMCTL_BUSY_FLAGS)
			return false;
		cpu_relax();
		if (memctl_peek_surplus(head, flags, order, anon, huge) <= 0)
			return false;
	}
	return true;
}

static __always_inline bool memctl_peek_pinned(struct page *head, unsigned long flags,
					       unsigned int order, bool anon, bool huge)
{
	return unlikely(memctl_peek_surplus(head, flags, order, anon, huge) > 0) &&
	       memctl_peek_surplus_stays(head, order, anon, huge);
}

static void memctl_look_pinned(struct memctl_look *look, const char *what)
{
	look->class = MEMCTL_CLASS_PINNED;
	look->keeps = true;
	look->kind = MEMCTL_OWNER_TEXT;
	look->owner = what;
}

static void memctl_look_huge(struct page *head, struct memctl_look *look)
{
	bool anon = memctl_peek_mapping(head) & 1;

	look->class = MEMCTL_CLASS_HUGETLB;
	if (page_ref_count(head) &&
	    memctl_peek_pinned(head, memctl_peek_flags(head), look->order, anon, true))
		memctl_look_pinned(look, "hugetlb");
}

/*
 * What reclaim takes last: the active list; of generations, which have no such list,
 * pages that were read again after the first time, or were reclaimed and came back.
 */
static __always_inline bool memctl_flags_hot(unsigned long flags)
{
	if (flags & LRU_GEN_MASK)
		return flags & (LRU_REFS_MASK | BIT(PG_workingset));
	return memctl_flag(flags, active);
}

/* A page of processes or of a file; false: it is none. */
static __always_inline bool memctl_look_user(struct page *head, unsigned long flags,
					     struct memctl_look *look)
{
	unsigned long mapping = memctl_peek_mapping(head);
	bool swapbacked = memctl_flag(flags, swapbacked);
	bool anon = mapping & 1 || (!mapping && swapbacked);	/* not mapped yet */
	bool shmem = !anon && swapbacked;

	if (!memctl_flag(flags, lru)) {
		/* The mapping comes last, and until then the page is locked or swap-backed. */
		bool coming = swapbacked || memctl_flag(flags, locked);

		if (!mapping && !(coming && page_ref_count(head)))
			return false;
		look->class = MEMCTL_CLASS_LRU_CACHED;
		return true;
	}
	if (memctl_peek_pinned(head, flags, look->order, anon, false))
		memctl_look_pinned(look, anon ? "anon" : shmem ? "shmem" : "file");
	else if (memctl_flag(flags, mlocked))
		look->class = MEMCTL_CLASS_LRU_MLOCKED;
	else if (anon)
		look->class = MEMCTL_CLASS_LRU_ANON;
	else
		look->class = shmem ? MEMCTL_CLASS_LRU_SHMEM : MEMCTL_CLASS_LRU_FILE;
	look->hot = look->class == MEMCTL_CLASS_LRU_FILE && memctl_flags_hot(flags);
	return true;
}

static void memctl_look_kept(struct memctl_look *look, enum memctl_class class, bool keeps)
{
	look->class = class;
	look->keeps = keeps;
}

/*
 * Of the block's own memory map, which lies in the block and goes with it? Other pages
 * have other uses for the flag: so it counts where that map can be only, at the block's
 * beginning, in whole page blocks at most.
 */
static bool memctl_look_memmap(struct page *page, unsigned long pfn)
{
	unsigned long block = memory_block_size_bytes() >> PAGE_SHIFT;

	return PageVmemmapSelfHosted(page) &&
	       (pfn & (block - 1)) < ALIGN(PFN_UP(block * sizeof(*page)), pageblock_nr_pages);
}

/* A page that is no tail. Its order, if it is a compound page, is in the look. */
static void memctl_look_at(struct page *page, unsigned long pfn, unsigned long flags,
			   struct memctl_look *look)
{
	if (memctl_peek_slab(page)) {
		memctl_look_kept(look, MEMCTL_CLASS_SLAB, true);
		return;
	}
	if (page_has_type(page)) {
		unsigned long order = READ_ONCE(page->private);

		if (PageBuddy(page) || memctl_peek_set_aside(page, &order)) {
			memctl_look_free(look, pfn, order);
			return;
		}
		if (PageTable(page)) {
			memctl_look_kept(look, MEMCTL_CLASS_PAGE_TABLE, true);
			return;
		}
	}
	if (memctl_flag(flags, reserved)) {
		if (memctl_look_memmap(page, pfn))
			memctl_look_kept(look, MEMCTL_CLASS_MEMMAP, false);
		else
			memctl_look_kept(look, MEMCTL_CLASS_RESERVED, true);
		return;
	}
	if (memctl_peek_movable(page, flags, look)) {
		look->class = look->keeps ? MEMCTL_CLASS_PINNED : MEMCTL_CLASS_MOVABLE_OPS;
		return;
	}
	if (PageOffline(page)) {
		/* Without references its driver lets it go with the block. */
		memctl_look_kept(look, MEMCTL_CLASS_OFFLINE, page_ref_count(page));
		return;
	}
	if (look->order && PageHuge(page)) {
		memctl_look_huge(page, look);
		return;
	}
	if (memctl_look_user(page, flags, look))
		return;
	if (!look->order && memctl_look_memmap(page, pfn)) {	/* not reserved since 6.12 */
		memctl_look_kept(look, MEMCTL_CLASS_MEMMAP, false);
		return;
	}
	look->class = MEMCTL_CLASS_OTHER;
	look->keeps = look->order || page_ref_count(page);
	if (!look->keeps)
		memctl_look_unreferenced(page, pfn, look);
}

void memctl_classify_cma(struct memctl_look *look, unsigned long pages)
{
	*look = (struct memctl_look){
		.class = MEMCTL_CLASS_CMA,
		.pages = pages,
		.keeps = true,
	};
}

void memctl_classify(struct page *page, unsigned long pfn, struct memctl_look *look)
{
	unsigned long flags = memctl_peek_flags(page), head_pfn;
	struct page *head;

	look->order = 0;
	look->pages = 1;
	look->keeps = false;
	look->hot = false;
	look->busy = flags & MEMCTL_BUSY_FLAGS;
	look->kind = MEMCTL_OWNER_NONE;
	look->owner = NULL;
	if (flags & __PG_HWPOISON) {
		look->class = MEMCTL_CLASS_HWPOISON;
		return;
	}
	if (!PageTail(page) && !memctl_flag(flags, head)) {
		/* Most pages by far, and what is on an LRU list has no type. */
		if (memctl_flag(flags, lru))
			memctl_look_user(page, flags, look);
		else
			memctl_look_at(page, pfn, flags, look);
		return;
	}
	if (!memctl_peek_compound(page, pfn, &head, &head_pfn, &look->order)) {
		look->order = 0;
		look->class = MEMCTL_CLASS_OTHER;	/* it changes all the time */
		return;
	}
	flags = memctl_peek_flags(head);
	look->busy = flags & MEMCTL_BUSY_FLAGS;
	memctl_look_at(head, head_pfn, flags, look);
	look->pages = (1UL << look->order) - (pfn - head_pfn);
}

#define MEMCTL_LIKE_FLAGS							\
	(BIT(PG_lru) | BIT(PG_head) | BIT(PG_reserved) | BIT(PG_swapbacked) |	\
	 BIT(PG_swapcache) | BIT(PG_private) | BIT(PG_mlocked) | __PG_HWPOISON |	\
	 MEMCTL_BUSY_FLAGS)

/* Whose it is by the lowest bits, and whether it is anybody's. */
static unsigned long memctl_mapping_kind(const struct page *page)
{
	unsigned long mapping = memctl_peek_mapping(page);

	return mapping ? (mapping & 3) | 4 : 0;
}

void memctl_like_read(struct page *page, struct memctl_like *like)
{
	like->flags = memctl_peek_flags(page) & MEMCTL_LIKE_FLAGS;
	like->mapping = memctl_mapping_kind(page);
	like->refs = page_ref_count(page);
	like->mapped = atomic_read(&page->_mapcount);
}

unsigned long memctl_alike(struct page *page, unsigned long pages,
			   const struct memctl_look *look, const struct memctl_like *like)
{
	unsigned long nr;

	if (look->order || !(like->flags & BIT(PG_lru)) ||
	    (look->class != MEMCTL_CLASS_LRU_FILE && look->class != MEMCTL_CLASS_LRU_SHMEM &&
	     look->class != MEMCTL_CLASS_LRU_ANON && look->class != MEMCTL_CLASS_LRU_MLOCKED))
		return 0;
	for (nr = 0; nr < pages; nr++, page++) {
		if ((memctl_peek_flags(page) & MEMCTL_LIKE_FLAGS) != like->flags ||
		    page_ref_count(page) != like->refs ||
		    atomic_read(&page->_mapcount) != like->mapped ||
		    memctl_mapping_kind(page) != like->mapping || PageTail(page))
			break;
	}
	return nr;
}
