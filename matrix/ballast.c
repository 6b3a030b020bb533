/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/ballast.h"

#include "matrix/machine/attribute.h"
#include "matrix/machine/place.h"
#include "matrix/machine/setting.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FOLIOS     "/sys/kernel/mm/transparent_hugepage/hugepages-1024kB/enabled"
#define HALF_BLOCK 8 /* order */
#define UNIT       ((size_t) 1 << HALF_BLOCK)
#define UNITS      16 /* with gaps between them as large as they are */
#define BALLAST    (2 * UNITS * UNIT)

bool ballast_is_quick(void)
{
        return attribute_exists(FOLIOS);
}

/*
 * Of folios of half a page block, where there are such: when they are given back, they are free for all at
 * once, while small pages go to a list of the CPU's first. The gaps keep folios from becoming larger.
 */
void ballast_make(struct piece *piece, size_t page_size)
{
        size_t unit = UNIT * page_size, size = BALLAST * page_size;
        unsigned char *room =
                mmap(NULL, size + 2 * unit, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        if (room == MAP_FAILED)
                return;
        /* put back when the probe has ended; kernels before 6.8 have small pages only */
        (void) setting_write(FOLIOS, "madvise");
        piece->memory = room + 2 * unit - (uintptr_t) room % (2 * unit);
        for (size_t i = 0; i < UNITS; i++) {
                unsigned char *memory = piece->memory + 2 * i * unit;

                if (mprotect(memory, unit, PROT_READ | PROT_WRITE) < 0)
                        return;
                (void) madvise(memory, unit, MADV_HUGEPAGE);
                memset(memory, 1, unit);
        }
        piece->pages = calloc(BALLAST, sizeof(*piece->pages));
        if (piece->pages && pages_look(piece->memory, BALLAST, piece->pages) >= 0)
                piece->n = BALLAST;
}

void ballast_drop(struct piece *piece, size_t page_size)
{
        if (piece->memory)
                (void) munmap(piece->memory, BALLAST * page_size);
        free(piece->pages);
        *piece = (struct piece){ 0 };
}

size_t ballast_above(const struct piece *piece, uint64_t top, int zone)
{
        size_t above = 0;

        for (size_t i = 0; i < piece->n; i++)
                above += piece->pages[i].pfn > top && place_zone(piece->pages[i].pfn) == zone;
        return above;
}

/*
 * The halves are whole: compaction gives up when it comes to a large folio and finds no piece as large. The
 * first ones: it looks at every 32nd page only, and knows a free piece by its first.
 */
void ballast_punch(const struct piece *piece, uint64_t top, size_t page_size)
{
        for (size_t i = 0; i < piece->n; i++) {
                uint64_t pfn = piece->pages[i].pfn;
                size_t n = piece->pages[i].order == HALF_BLOCK && i % UNIT == 0 ? UNIT : 1;

                if (pfn > 0 && (pfn <= top || (pfn >> HALF_BLOCK & 1) == 0))
                        (void) madvise(piece->memory + i * page_size, n * page_size, MADV_DONTNEED);
                i += n - 1;
        }
}
