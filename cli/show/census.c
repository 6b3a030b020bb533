/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/census.h"

#include <errno.h>
#include <string.h>

static const char *const by_names[] = {
        [CENSUS_BY_OWNER] = "owner",
        [CENSUS_BY_BLOCK] = "block",
        [CENSUS_BY_NODE] = "node",
        [CENSUS_BY_ORDER] = "order",
};

const char *census_by_name(enum census_by by)
{
        return by_names[by];
}

int census_by_parse(const char *word, enum census_by *ret)
{
        for (size_t i = 0; i < ELEMENTSOF(by_names); i++)
                if (strcmp(word, by_names[i]) == 0) {
                        *ret = (enum census_by) i;
                        return 0;
                }
        return -EINVAL;
}

static int compare_number(const void *a, const void *b)
{
        uint32_t one = *(const uint32_t *) a, other = *(const uint32_t *) b;

        return (one > other) - (one < other);
}

static int64_t node_of(const struct wire_blocks *blocks, uint32_t number)
{
        const uint32_t *numbers = blocks->number.data, *found = NULL;

        if (blocks->number.n > 0)
                found = bsearch(&number, numbers, blocks->number.n, sizeof(number), compare_number);
        /* A block that came after the list was made has a node, but we do not know it. */
        return found ? ((const int32_t *) blocks->node.data)[found - numbers] : -1;
}

static int compare_group(const void *a, const void *b)
{
        const struct census_row *one = a, *other = b;

        if (one->key != other->key)
                return one->key < other->key ? -1 : 1;
        if (one->class != other->class)
                return one->class - other->class;
        return one->owner - other->owner;
}

static int compare_pages(const void *a, const void *b)
{
        const struct census_row *one = a, *other = b;

        if (one->key == other->key && one->pages != other->pages)
                return one->pages > other->pages ? -1 : 1;
        return compare_group(a, b);
}

static size_t merge(struct census_row *rows, size_t n)
{
        size_t kept = 0;

        for (size_t i = 0; i < n; i++) {
                if (kept > 0 && compare_group(&rows[kept - 1], &rows[i]) == 0)
                        rows[kept - 1].pages += rows[i].pages;
                else
                        rows[kept++] = rows[i];
        }
        return kept;
}

int census_make(const struct wire_survey *survey, enum census_by by, const struct wire_blocks *blocks,
                struct census_row **ret_rows, size_t *ret_n)
{
        const uint32_t *block = survey->block.data;
        const uint8_t *class = survey->class.data, *order = survey->order.data;
        const uint16_t *owner = survey->owner.data;
        const uint64_t *pages = survey->pages.data;
        struct census_row *rows;
        size_t n = survey->block.n;

        rows = calloc(n + 1, sizeof(*rows));
        if (!rows)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                rows[i] = (struct census_row){ .class = class[i], .owner = owner[i], .pages = pages[i] };
                if (by == CENSUS_BY_BLOCK)
                        rows[i].key = block[i];
                else if (by == CENSUS_BY_NODE)
                        rows[i].key = node_of(blocks, block[i]);
                else if (by == CENSUS_BY_ORDER)
                        rows[i].key = order[i];
        }
        qsort(rows, n, sizeof(*rows), compare_group);
        n = merge(rows, n);
        qsort(rows, n, sizeof(*rows), compare_pages);
        *ret_rows = rows;
        *ret_n = n;
        return 0;
}
