/* SPDX-License-Identifier: GPL-2.0 */
/* Sections of several words of bits, smaller page blocks, and one zone for all of them. */
#ifndef SHIM_LINUX_MMZONE_H
#define SHIM_LINUX_MMZONE_H

#include <linux/mm.h>

#undef PAGES_PER_SECTION
#define PAGES_PER_SECTION 256UL
#define PAGES_PER_SUBSECTION 64UL
#define MAX_ORDER_NR_PAGES 32UL
#define MAX_PHYSMEM_BITS 46
#define PAGE_SHIFT 12
#define pfn_to_section_nr(pfn) ((pfn) / PAGES_PER_SECTION)
#define pageblock_nr_pages 32UL
#define pageblock_end_pfn(pfn) (ALIGN_DOWN(pfn, pageblock_nr_pages) + pageblock_nr_pages)

enum { ZONE_NORMAL, ZONE_MOVABLE };
enum { NR_FREE_PAGES };
struct zone {
        int idx;
};
extern struct zone shim_zone;
#define page_zone(page) ((void) (page), &shim_zone)
#define zone_idx(zone) ((zone)->idx)
/* All of the zone is free, and its watermark is low. */
#define zone_page_state(zone, item) ((void) (zone), SHIM_PAGES)
#define high_wmark_pages(zone) ((void) (zone), 0UL)
/* No page is part of a larger one. */
#define PageTail(page) ((void) (page), false)

#endif /* SHIM_LINUX_MMZONE_H */
