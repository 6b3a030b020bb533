/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/control.h"

#include "matrix/machine/place.h"
#include "matrix/machine/setting.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FOLIOS     "/sys/kernel/mm/transparent_hugepage/hugepages-1024kB/enabled"
#define PLAIN      256 /* pages in a piece of plain ones */
#define HALF_BLOCK 8   /* order */
#define UNIT       ((size_t) 1 << HALF_BLOCK)
#define UNITS      16 /* in a piece of ballast, with gaps between them as large as they are */
#define BALLAST    (2 * UNITS * UNIT)
#define EARLY      6
#define PIECES     32    /* of ballast: 512 MiB at most */
#define ENOUGH     20480 /* pages of ballast above: half of them become room for what moves */

/* Pages of this process, in a row of addresses. */
struct piece {
        unsigned char *memory;
        struct page *pages;
        size_t n;
};

struct control {
        size_t page_size;
        struct piece early[EARLY];              /* ballast that is there before the sample */
        struct piece plain[2], ballast[PIECES]; /* plain: before and after the sample */
        int zone;                               /* the sample's */
};

static void look(struct piece *piece, size_t n)
{
        piece->pages = calloc(n, sizeof(*piece->pages));
        if (!piece->pages)
                return;
        if (pages_look(piece->memory, n, piece->pages) >= 0)
                piece->n = n;
}

static void make_plain(struct control *control, struct piece *piece)
{
        size_t size = PLAIN * control->page_size;

        piece->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece->memory == MAP_FAILED)
                return;
        (void) madvise(piece->memory, size, MADV_NOHUGEPAGE);
        memset(piece->memory, 1, size);
        look(piece, PLAIN);
}

/*
 * Of folios of half a page block, where there are such: when they are given back, they are free for all at
 * once, while small pages go to a list of the CPU's first. The gaps keep folios from becoming larger.
 */
static void make_ballast(struct control *control, struct piece *piece)
{
        size_t unit = UNIT * control->page_size, size = BALLAST * control->page_size;
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
        look(piece, BALLAST);
}

static void drop(const struct control *control, struct piece *piece)
{
        if (piece->memory)
                (void) munmap(piece->memory, BALLAST * control->page_size);
        free(piece->pages);
        *piece = (struct piece){ 0 };
}

struct control *control_new(const struct kind *kind, size_t page_size)
{
        struct control *control = calloc(1, sizeof(*control));

        if (!control)
                return NULL;
        control->page_size = page_size;
        for (size_t i = 0; i < EARLY && kind->traits & KIND_LOW; i++)
                make_ballast(control, &control->early[i]);
        make_plain(control, &control->plain[0]);
        return control;
}

static int compare(const void *a, const void *b)
{
        const uint64_t *one = a, *other = b;

        return *one < *other ? -1 : *one > *other;
}

static size_t add(const struct control *control, const struct page *pages, size_t n, uint64_t *pfns)
{
        size_t added = 0;

        for (size_t i = 0; i < n; i++)
                if (pages[i].pfn > 0 && place_zone(pages[i].pfn) == control->zone)
                        pfns[added++] = pages[i].pfn;
        return added;
}

/* Three quarters of the sample and of the plain pages lie lower: a few are anywhere. */
static uint64_t find_top(const struct control *control, const struct trial *trial)
{
        uint64_t *pfns = calloc(trial->n + 2 * PLAIN, sizeof(*pfns)), top = 0;
        size_t n;

        if (!pfns)
                return 0;
        n = add(control, trial->before, trial->n, pfns);
        for (size_t i = 0; i < 2; i++)
                n += add(control, control->plain[i].pages, control->plain[i].n, pfns + n);
        qsort(pfns, n, sizeof(*pfns), compare);
        if (n > 0)
                top = pfns[n * 3 / 4];
        free(pfns);
        return top;
}

static size_t count_above(const struct control *control, const struct piece *piece, uint64_t top)
{
        size_t above = 0;

        for (size_t i = 0; i < piece->n; i++)
                above += piece->pages[i].pfn > top && place_zone(piece->pages[i].pfn) == control->zone;
        return above;
}

/*
 * Above the top the first half of each page block is given back, and all of it lower down. The halves are
 * whole: compaction gives up when it comes to a large folio and finds no piece as large. The first: it looks
 * at every 32nd page only, and knows a free piece by its first.
 */
static void punch(const struct control *control, const struct piece *piece, uint64_t top)
{
        for (size_t i = 0; i < piece->n; i++) {
                uint64_t pfn = piece->pages[i].pfn;
                size_t n = piece->pages[i].order == HALF_BLOCK && i % UNIT == 0 ? UNIT : 1;

                if (pfn > 0 && (pfn <= top || (pfn >> HALF_BLOCK & 1) == 0))
                        (void) madvise(piece->memory + i * control->page_size, n * control->page_size,
                                       MADV_DONTNEED);
                i += n - 1;
        }
}

static int most_frequent_zone(const struct trial *trial)
{
        size_t pages[ZONES_MAX + 1] = { 0 };
        int most = 0;

        for (size_t i = 0; i < trial->n; i++)
                if (trial->before[i].pfn > 0)
                        pages[place_zone(trial->before[i].pfn)]++;
        for (int zone = 1; zone <= ZONES_MAX; zone++)
                if (pages[zone] > pages[most] || most == 0)
                        most = zone;
        return most;
}

void control_settle(struct control *control, const struct trial *trial)
{
        size_t above = 0;
        uint64_t top;

        control->zone = most_frequent_zone(trial);
        if (!control->plain[1].memory)
                make_plain(control, &control->plain[1]);
        for (size_t i = 0; i < PIECES; i++)
                drop(control, &control->ballast[i]);
        top = find_top(control, trial);
        for (size_t i = 0; i < EARLY; i++)
                above += count_above(control, &control->early[i], top);
        /* where none is above after a while, this kernel goes downwards in that zone */
        for (size_t i = 0; i < PIECES && above < ENOUGH && (i < 4 || above > 0); i++) {
                make_ballast(control, &control->ballast[i]);
                above += count_above(control, &control->ballast[i], top);
        }
        for (size_t i = 0; i < EARLY; i++)
                punch(control, &control->early[i], top);
        for (size_t i = 0; i < PIECES; i++)
                punch(control, &control->ballast[i], top);
}

/* Up to where compaction has come: the highest of the plain pages that are elsewhere now. */
static uint64_t find_reach(const struct control *control)
{
        static struct page now[PLAIN];
        uint64_t reach = 0;

        for (size_t i = 0; i < 2; i++) {
                const struct piece *plain = &control->plain[i];

                if (plain->n == 0 || pages_look(plain->memory, plain->n, now) < 0)
                        continue;
                for (size_t j = 0; j < plain->n; j++)
                        if (now[j].pfn != plain->pages[j].pfn && plain->pages[j].pfn > reach &&
                            place_zone(plain->pages[j].pfn) == control->zone)
                                reach = plain->pages[j].pfn;
        }
        return reach;
}

bool control_aim(const struct control *control, struct trial *trial)
{
        uint64_t reach = find_reach(control);
        bool any = false, known = !trial->sample->kind->find &&
                                  pages_look(trial->sample->memory, trial->n, trial->after) >= 0;

        for (size_t i = 0; i < trial->n; i++) {
                uint64_t pfn = trial->before[i].pfn;

                trial->aimed[i] = pfn > 0 && ((pfn < reach && place_zone(pfn) == control->zone) ||
                                              (known && trial->after[i].pfn != pfn));
                any = any || trial->aimed[i];
        }
        return any;
}
