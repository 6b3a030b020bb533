/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pieces of an area are allocated: by memctl.ko, or by the bitmaps in debugfs.
 */
#ifndef MEMCTL_PAGES_CMA_BITMAP_H
#define MEMCTL_PAGES_CMA_BITMAP_H

#include "daemon/core/packet.h"
#include "daemon/pages/cma_area.h"

/* Of a map that is handed on: larger ones are told in larger pieces. */
#define CMA_BITMAP_BYTES_MAX ((size_t) 128 << 10)

/* A bit for each piece, 1: allocated; each range begins a byte, its first piece the byte's lowest bit. */
struct cma_bitmap {
        uint64_t piece_pages; /* 0: there is no map */
        struct pfn_range ranges[MODULE_CMA_RANGES_MAX];
        size_t n_ranges;
        uint8_t source; /* enum cma_source */
        uint8_t *bytes;
        size_t n_bytes;
};

void cma_bitmap_clear(struct cma_bitmap *bitmap);

/* Bytes of so many pages in pieces of that many. */
size_t cma_bitmap_bytes(uint64_t pages, uint64_t piece_pages);

/*
 * Of an area whose ranges are told, from words of 64 pieces for each range. Pieces are joined, two to one
 * and so on, until there are max bytes at most: a joined one is allocated if a part of it is. 0 or -ENOMEM.
 */
int cma_bitmap_make(const struct cma_area *area, uint64_t *const *words, enum cma_source source, size_t max,
                    struct cma_bitmap *ret);

/*
 * The text of a debugfs file "bitmap": numbers of 32 bits, the lowest bit of the first for the first piece.
 * At least so many pieces are wanted. 0; -EBADMSG: it is none of that; -ENOMEM. *ret has n_bits / 64 + 1
 * words, and is the caller's.
 */
int cma_bitmap_parse(const char *text, uint64_t n_bits, uint64_t **ret);

/* Numbers in such a text; 0: it is none. */
size_t cma_bitmap_count(const char *text);

/* Runs of pieces that are not allocated, over all ranges; a run ends with its range. */
uint64_t cma_bitmap_free_runs(const struct cma_area *area, uint64_t *const *words);

void cma_bitmap_put(struct packet *packet, const struct cma_bitmap *bitmap);
void cma_bitmap_get(struct packet_reader *reader, struct cma_bitmap *ret);

#endif
