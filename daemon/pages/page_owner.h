/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /sys/kernel/debug/page_owner, where the kernel was booted with page_owner=on: who allocated a page.
 */
#ifndef MEMCTL_PAGES_PAGE_OWNER_H
#define MEMCTL_PAGES_PAGE_OWNER_H

#include "daemon/machine/tree.h"

#include <stdint.h>

struct page_owner;

/* 0, or -errno: -ENOENT when there is no such file. */
int page_owner_open(struct tree *tree, struct page_owner **ret);
struct page_owner *page_owner_close(struct page_owner *owner);
DEFINE_CLEANUP(struct page_owner *, page_owner_close)

/*
 * Who allocated the page: the first functions of the stack that are not the page allocator's own, innermost
 * first, " < " between them ("zs_malloc [zsmalloc] < zram_write_page [zram]"). 1 and *ret, to be freed; 0:
 * nothing is known of it; -errno. Reads a thousand records at most; of a tree that is not the running
 * machine's, the file from its beginning.
 */
int page_owner_find(struct page_owner *owner, uint64_t pfn, char **ret);

#endif
