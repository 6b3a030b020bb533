// SPDX-License-Identifier: GPL-2.0
/*
 * alloc_contig_range(), which has changed its arguments.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/sched.h>

#include "mm/contig.h"

/* For what moves: no reserves, and no killing for want of room. */
#define MEMCTL_CONTIG_GFP (GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* Pages given back without a pause. */
#define MEMCTL_CONTIG_PIECE 4096

bool memctl_mm_can_take(void)
{
	return IS_ENABLED(CONFIG_CONTIG_ALLOC);
}

#if IS_ENABLED(CONFIG_CONTIG_ALLOC)
int memctl_mm_take(unsigned long start, unsigned long end)
{
	int err;

#ifdef ACR_FLAGS_NONE
	err = alloc_contig_range(start, end, ACR_FLAGS_NONE, MEMCTL_CONTIG_GFP);
#else
	err = alloc_contig_range(start, end, MIGRATE_MOVABLE, MEMCTL_CONTIG_GFP);
#endif
	return err == -EAGAIN ? -EBUSY : err;
}

void memctl_mm_give(unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned long piece = min_t(unsigned long, end - start, MEMCTL_CONTIG_PIECE);

		free_contig_range(start, piece);
		start += piece;
		cond_resched();
	}
}
#else
int memctl_mm_take(unsigned long start, unsigned long end)
{
	return -EOPNOTSUPP;
}

void memctl_mm_give(unsigned long start, unsigned long end)
{
}
#endif

/* What the kernel keeps of a page block; the functions that read it are not exported. */
static unsigned long memctl_block_flags(unsigned long pfn)
{
	const unsigned long *bitmap = section_to_usemap(__pfn_to_section(pfn));
	unsigned long bit;

	bit = ((pfn & (PAGES_PER_SECTION - 1)) >> pageblock_order) * NR_PAGEBLOCK_BITS;
	return READ_ONCE(bitmap[BIT_WORD(bit)]) >> (bit % BITS_PER_LONG);
}

bool memctl_mm_is_cma(unsigned long pfn)
{
#if !defined(CONFIG_CMA)
	return false;
#elif defined(PAGEBLOCK_MIGRATETYPE_MASK)
	return (memctl_block_flags(pfn) & PAGEBLOCK_MIGRATETYPE_MASK) == MIGRATE_CMA;
#else
	return (memctl_block_flags(pfn) & MIGRATETYPE_MASK) == MIGRATE_CMA;
#endif
}

bool memctl_mm_is_isolated(unsigned long pfn)
{
	unsigned long flags = memctl_block_flags(pfn);

#ifdef PAGEBLOCK_ISO_MASK
	return flags & PAGEBLOCK_ISO_MASK;
#else
	return (flags & MIGRATETYPE_MASK) == MIGRATE_ISOLATE;
#endif
}

void memctl_mm_mark(unsigned long start, unsigned long end)
{
	unsigned long pfn;

	page_offline_begin();
	for (pfn = start; pfn < end; pfn++)
		__SetPageOffline(pfn_to_page(pfn));
	page_offline_end();
}

void memctl_mm_unmark(unsigned long start, unsigned long end)
{
	unsigned long pfn;

	for (pfn = start; pfn < end; pfn++)
		__ClearPageOffline(pfn_to_page(pfn));
}
