/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Page idle tracking, where the kernel has it (CONFIG_IDLE_PAGE_TRACKING): pages are marked idle, and lose
 * the mark when they are used. With the multi-generational LRU on they keep it when they are read by
 * read(2).
 */
#ifndef MEMCTL_PAGES_PAGE_IDLE_H
#define MEMCTL_PAGES_PAGE_IDLE_H

#include "daemon/machine/tree.h"
#include "daemon/module/page_bits.h"

/* Is there such tracking, and may we use it? */
bool page_idle_exists(const struct tree *tree);

/* Marks the pages of [start, end) idle, both multiples of PAGE_BITS_EACH. 0 or -errno. */
int page_idle_mark(const struct tree *tree, uint64_t start, uint64_t end);

/* Those of them that still are; of a large folio, the head is. 0 or -errno; -ENODATA: memory ends before. */
int page_idle_read(const struct tree *tree, uint64_t start, uint64_t end, struct page_bits *ret);

#endif
