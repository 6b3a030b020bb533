/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/fragmentation.h"

#include "basic/saturated.h"

/* number * 2^shift */
static uint64_t shifted(uint64_t number, unsigned int shift)
{
        return shift < 64 && number <= UINT64_MAX >> shift ? number << shift : number ? UINT64_MAX : 0;
}

static uint64_t pages_of(const uint64_t *free, size_t from, size_t to)
{
        uint64_t pages = 0;

        for (size_t i = from; i < to; i++)
                pages = add_saturated(pages, shifted(free[i], (unsigned int) i));
        return pages;
}

uint64_t fragmentation_pages(const uint64_t *free, size_t n)
{
        return pages_of(free, 0, n);
}

uint64_t fragmentation_pieces(const uint64_t *free, size_t n, unsigned int order)
{
        uint64_t pieces = 0;

        for (size_t i = order; i < n; i++)
                pieces = add_saturated(pieces, shifted(free[i], (unsigned int) i - order));
        return pieces;
}

uint64_t fragmentation_small_pages(const uint64_t *free, size_t n, unsigned int order)
{
        return pages_of(free, 0, order < n ? order : n);
}

/* part of whole, in thousandths. Products that do not fit lose digits, not their size. */
static uint64_t thousandths(uint64_t part, uint64_t whole)
{
        return part <= UINT64_MAX / 1000 ? part * 1000 / whole : part / (whole / 1000 ? whole / 1000 : 1);
}

unsigned int fragmentation_unusable(const uint64_t *free, size_t n, unsigned int order)
{
        uint64_t pages = fragmentation_pages(free, n);

        if (pages == 0)
                return 1000;
        return (unsigned int) thousandths(fragmentation_small_pages(free, n, order), pages);
}

int fragmentation_index(const uint64_t *free, size_t n, unsigned int order)
{
        uint64_t pages = fragmentation_pages(free, n), pieces = 0, requested = shifted(1, order), share;

        for (size_t i = 0; i < n; i++)
                pieces = add_saturated(pieces, free[i]);
        if (order >= n || pieces == 0)
                return 0;
        if (fragmentation_pieces(free, n, order) > 0)
                return FRAGMENTATION_NO_FAILURE;
        share = add_saturated(1000, thousandths(pages, requested)) / pieces;
        return 1000 - (int) (share < 2000 ? share : 2000);
}
