/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How far free memory has gone to pieces, by the numbers of its pieces of each order. The two indices are
 * the kernel's (mm/vmstat.c: unusable_free_index() and __fragmentation_index(), which debugfs shows as
 * extfrag/), so that figures can be compared where a kernel has that file. Pure.
 */
#ifndef MEMCTL_PLAN_FRAGMENTATION_H
#define MEMCTL_PLAN_FRAGMENTATION_H

#include <stddef.h>
#include <stdint.h>

/* free: pieces of 2^i pages, for i below n. Sums that do not fit 64 bits are its largest number. */

/* Pages. */
uint64_t fragmentation_pages(const uint64_t *free, size_t n);

/* How many pieces of that order can be had at once: of larger ones, as many as they can be split into. */
uint64_t fragmentation_pieces(const uint64_t *free, size_t n, unsigned int order);

/* Pages in pieces that are smaller. */
uint64_t fragmentation_small_pages(const uint64_t *free, size_t n, unsigned int order);

/* The share of free memory that is of no use to that order, in thousandths; 1000 where none is free. */
unsigned int fragmentation_unusable(const uint64_t *free, size_t n, unsigned int order);

/*
 * Why an allocation of that order would fail, in thousandths: towards 0 for want of memory, towards 1000
 * because it is in pieces. FRAGMENTATION_NO_FAILURE: it would not.
 */
#define FRAGMENTATION_NO_FAILURE (-1000)
int fragmentation_index(const uint64_t *free, size_t n, unsigned int order);

#endif
