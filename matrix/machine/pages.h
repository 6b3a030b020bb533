/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where pages are and what state they are in: /proc/self/pagemap and /proc/kpageflags.
 */
#ifndef MEMCTL_MATRIX_MACHINE_PAGES_H
#define MEMCTL_MATRIX_MACHINE_PAGES_H

#include <linux/kernel-page-flags.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_HAS(page, flag) (((page)->flags >> (flag) &1) != 0)

struct page {
        uint64_t pfn; /* 0: none */
        uint64_t flags;
        unsigned int order; /* of its folio */
        bool first;         /* of its folio */
        bool swapped;
};

/* Of n pages of this process from memory on; a page that is not present has no pfn. 0 or -errno. */
int pages_look(const void *memory, size_t n, struct page *ret);

/* kpageflags of one page; 0 where it cannot be read. */
uint64_t page_flags(uint64_t pfn);

/*
 * The pfns of all pages of the machine that have one of the flags (bits, 1 << KPF_*) and none of the others,
 * ascending; to be freed. 0 or -errno; -EFBIG: the machine has more memory than is looked through for that.
 */
int pages_with(uint64_t flags, uint64_t without, uint64_t **ret, size_t *ret_n);

/* How many of the first ascending list are not in the second; numbers may stand there several times. */
size_t pages_missing(const uint64_t *list, size_t n, const uint64_t *in, size_t n_in);

/*
 * Large folios that lie in n pages as a whole and have a page that is aimed at, and how many of them are as
 * large afterwards.
 */
size_t pages_folios(const struct page *before, const struct page *after, const bool *aimed, size_t n,
                    size_t *ret_kept);

#endif
