/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is there to be given back in part, so that what compaction moves finds room.
 */
#ifndef MEMCTL_MATRIX_BALLAST_H
#define MEMCTL_MATRIX_BALLAST_H

#include "matrix/machine/pages.h"

/* Pages of this process, in a row of addresses. */
struct piece {
        unsigned char *memory;
        struct page *pages;
        size_t n;
};

/* Whether this kernel has folios for it. */
bool ballast_is_quick(void);

/* 16 MiB in pages of 4 KiB; less, where there is no memory. */
void ballast_make(struct piece *piece, size_t page_size);
void ballast_drop(struct piece *piece, size_t page_size);

/* How many pages of it are above the top, and in that zone. */
size_t ballast_above(const struct piece *piece, uint64_t top, int zone);

/* Above the top the first half of each page block is given back, and all of it lower down. */
void ballast_punch(const struct piece *piece, uint64_t top, size_t page_size);

#endif
