/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/core/claims.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>

/* What one owner has: its ranges ascending. */
struct claim {
        uint32_t owner;
        enum claim_mode mode;
        struct pfn_range *ranges;
        size_t n_ranges;
};

struct claims {
        struct claim *items;
        size_t n_items;
};

int claims_new(struct claims **ret)
{
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

struct claims *claims_free(struct claims *claims)
{
        if (!claims)
                return NULL;

        for (size_t i = 0; i < claims->n_items; i++)
                free(claims->items[i].ranges);
        free(claims->items);
        free(claims);
        return NULL;
}

static bool modes_agree(enum claim_mode a, enum claim_mode b)
{
        return a == CLAIM_SHARED && b == CLAIM_SHARED;
}

/* The first of a claim's ranges that ends behind pfn; n_ranges: none does. */
static size_t first_behind(const struct claim *claim, uint64_t pfn)
{
        size_t low = 0, high = claim->n_ranges;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (claim->ranges[middle].end > pfn)
                        high = middle;
                else
                        low = middle + 1;
        }
        return low;
}

static bool shares(const struct claim *claim, struct pfn_range range, uint64_t *pfn)
{
        size_t i = first_behind(claim, range.start);

        if (i == claim->n_ranges || claim->ranges[i].start >= range.end)
                return false;
        *pfn = MAX(claim->ranges[i].start, range.start);
        return true;
}

bool claims_stand_against(const struct claims *claims, enum claim_mode mode, struct pfn_range range,
                          struct claim_conflict *conflict)
{
        for (size_t i = 0; i < claims->n_items; i++) {
                uint64_t pfn;

                if (modes_agree(claims->items[i].mode, mode) || !shares(&claims->items[i], range, &pfn))
                        continue;
                if (conflict)
                        *conflict = (struct claim_conflict){ .owner = claims->items[i].owner, .pfn = pfn };
                return true;
        }
        return false;
}

int claims_take(struct claims *claims, uint32_t owner, enum claim_mode mode, const struct pfn_range *ranges,
                size_t n, struct claim_conflict *conflict)
{
        struct pfn_range *copy;
        struct claim *items;

        for (size_t i = 0; i < n; i++)
                if (claims_stand_against(claims, mode, ranges[i], conflict))
                        return -EBUSY;
        items = reallocarray(claims->items, claims->n_items + 1, sizeof(*items));
        if (!items)
                return -ENOMEM;
        claims->items = items;
        copy = calloc(n ? n : 1, sizeof(*copy));
        if (!copy)
                return -ENOMEM;
        if (n > 0)
                memcpy(copy, ranges, n * sizeof(*copy));
        items[claims->n_items++] =
                (struct claim){ .owner = owner, .mode = mode, .ranges = copy, .n_ranges = n };
        return 0;
}

void claims_drop(struct claims *claims, uint32_t owner)
{
        size_t kept = 0;

        for (size_t i = 0; i < claims->n_items; i++)
                if (claims->items[i].owner == owner)
                        free(claims->items[i].ranges);
                else
                        claims->items[kept++] = claims->items[i];
        claims->n_items = kept;
}

static int compare_ranges(const void *a, const void *b)
{
        const struct pfn_range *x = a, *y = b;

        return x->start < y->start ? -1 : x->start > y->start;
}

int claims_list(const struct claims *claims, enum claim_mode mode, struct pfn_range **ret, size_t *ret_n)
{
        struct pfn_range *ranges;
        size_t n = 0, kept = 0;

        for (size_t i = 0; i < claims->n_items; i++)
                n += claims->items[i].n_ranges;
        ranges = calloc(n + 1, sizeof(*ranges));
        if (!ranges)
                return -ENOMEM;
        n = 0;
        for (size_t i = 0; i < claims->n_items; i++)
                for (size_t j = 0; claims->items[i].mode == mode && j < claims->items[i].n_ranges; j++)
                        ranges[n++] = claims->items[i].ranges[j];
        qsort(ranges, n, sizeof(*ranges), compare_ranges);
        for (size_t i = 0; i < n; i++)
                if (kept > 0 && ranges[i].start <= ranges[kept - 1].end)
                        ranges[kept - 1].end = MAX(ranges[kept - 1].end, ranges[i].end);
                else
                        ranges[kept++] = ranges[i];
        *ret = ranges;
        *ret_n = kept;
        return 0;
}

size_t claims_count(const struct claims *claims)
{
        return claims->n_items;
}
