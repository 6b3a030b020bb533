/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A bit for each page of a range, as memctl.ko and /sys/kernel/mm/page_idle have them: words of 64 pages,
 * the lowest bit of the first for the first.
 */
#ifndef MEMCTL_MODULE_PAGE_BITS_H
#define MEMCTL_MODULE_PAGE_BITS_H

#include "basic/cleanup.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define PAGE_BITS_EACH 64U

struct page_bits {
        uint64_t start; /* pfn, a multiple of PAGE_BITS_EACH */
        size_t n_words;
        uint64_t *words;
};

static inline void page_bits_clear(struct page_bits *bits)
{
        free(bits->words);
        *bits = (struct page_bits){ 0 };
}

/* All 0, for [start, end), both multiples of PAGE_BITS_EACH. 0 or -ENOMEM. */
static inline int page_bits_init(struct page_bits *bits, uint64_t start, uint64_t end)
{
        size_t n = (size_t) ((end - start) / PAGE_BITS_EACH);

        *bits = (struct page_bits){ .start = start, .n_words = n };
        bits->words = calloc(n ? n : 1, sizeof(*bits->words));
        return bits->words ? 0 : -ENOMEM;
}

/* False, too, for a page that is not in the range. */
static inline bool page_bits_has(const struct page_bits *bits, uint64_t pfn)
{
        uint64_t at = pfn - bits->start;

        return pfn >= bits->start && at / PAGE_BITS_EACH < bits->n_words &&
               bits->words[at / PAGE_BITS_EACH] >> (at % PAGE_BITS_EACH) & 1;
}

#endif
