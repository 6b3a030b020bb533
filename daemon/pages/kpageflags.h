/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What /proc/kpageflags tells of pages, in the words of enum memctl_class. It cannot tell pins, nor which
 * driver's pages move: such pages are MEMCTL_CLASS_OTHER, or what else they look like.
 */
#ifndef MEMCTL_PAGES_KPAGEFLAGS_H
#define MEMCTL_PAGES_KPAGEFLAGS_H

#include "daemon/machine/tree.h"
#include "uapi/memctl.h"

#include <stddef.h>
#include <stdint.h>

/* What kpageflags cannot tell, as bits 1 << enum memctl_class. */
#define KPAGEFLAGS_UNKNOWN                                                                                  \
        (1U << MEMCTL_CLASS_PINNED | 1U << MEMCTL_CLASS_MOVABLE_OPS | 1U << MEMCTL_CLASS_CMA)

/* Orders counted apart; what is larger is counted with the last. */
#define CENSUS_ORDERS 24

/* Pages in a row of one class that keep a block, or may do so. */
struct census_run {
        uint64_t pfn, pages;
        uint8_t class;
};

struct page_census {
        uint64_t pages[MEMCTL_CLASS_MAX + 1][CENSUS_ORDERS]; /* by class; [MEMCTL_CLASS_UNSPEC]: absent */
        struct census_run keepers[MEMCTL_KEEPERS_MAX];       /* the first by pfn */
        size_t n_keepers;
};

/* The class of a page that is no tail of a compound page; MEMCTL_CLASS_UNSPEC when there is none online. */
enum memctl_class kpageflags_class(uint64_t flags);

/*
 * Counts the pages [pfn, pfn + pages), a block. The order of compound pages is the kernel's. It does not
 * show how free pages lie in free blocks: these are taken to be as large as they can be. About 30 ns a page.
 * 0; -ENOMEM; -ENODATA when the file ends before; or why it cannot be read.
 */
int page_census_take(struct tree *tree, uint64_t pfn, uint64_t pages, struct page_census *ret);

#endif
