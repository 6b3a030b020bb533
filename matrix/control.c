/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/control.h"

#include "matrix/ballast.h"
#include "matrix/machine/place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PLAIN  256                   /* pages in a piece of plain ones */
#define EARLY  6                     /* pieces of ballast that are there before the sample */
#define PIECES 32                    /* and behind it, at most */
#define ENOUGH 20480                 /* pages of ballast above: half of them become room for what moves */
#define SPARE  (UINT64_C(256) << 20) /* bytes that stay free on the node */

struct control {
        size_t page_size;
        struct piece early[EARLY];
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

struct control *control_new(const struct kind *kind, size_t page_size)
{
        struct control *control = calloc(1, sizeof(*control));

        if (!control)
                return NULL;
        control->page_size = page_size;
        for (size_t i = 0; i < EARLY && kind->traits & KIND_LOW; i++)
                ballast_make(&control->early[i], page_size);
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
        /* of small pages it takes long */
        size_t above = 0, pieces = ballast_is_quick() ? PIECES : PIECES / 3;
        uint64_t top;

        control->zone = most_frequent_zone(trial);
        if (!control->plain[1].memory)
                make_plain(control, &control->plain[1]);
        for (size_t i = 0; i < PIECES; i++)
                ballast_drop(&control->ballast[i], control->page_size);
        top = find_top(control, trial);
        for (size_t i = 0; i < EARLY; i++)
                above += ballast_above(&control->early[i], top, control->zone);
        /* where none is above after a while, this kernel goes downwards in that zone */
        for (size_t i = 0;
             i < pieces && above < ENOUGH && (i < 4 || above > 0) && place_free(place_node(top)) > SPARE;
             i++) {
                ballast_make(&control->ballast[i], control->page_size);
                above += ballast_above(&control->ballast[i], top, control->zone);
        }
        for (size_t i = 0; i < EARLY; i++)
                ballast_punch(&control->early[i], top, control->page_size);
        for (size_t i = 0; i < PIECES; i++)
                ballast_punch(&control->ballast[i], top, control->page_size);
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
