/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/survey_fill.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* There are a few dozen at most: drivers. */
static int owner_index(struct survey *survey, const char *name, uint16_t *ret)
{
        char **owners;

        *ret = SURVEY_OWNER_NONE;
        if (!name)
                return 0;
        for (size_t i = 0; i < survey->n_owners; i++)
                if (strcmp(survey->owners[i], name) == 0) {
                        *ret = (uint16_t) i;
                        return 0;
                }
        if (survey->n_owners == SURVEY_OWNERS_MAX)
                return -E2BIG;
        owners = reallocarray(survey->owners, survey->n_owners + 1, sizeof(*owners));
        if (!owners)
                return -ENOMEM;
        survey->owners = owners;
        owners[survey->n_owners] = strdup(name);
        if (!owners[survey->n_owners])
                return -ENOMEM;
        *ret = (uint16_t) survey->n_owners++;
        return 0;
}

int survey_add_count(struct survey *survey, size_t first, const struct survey_count *count,
                     const char *owner)
{
        struct survey_count *new;
        uint16_t index;
        int r;

        r = owner_index(survey, owner, &index);
        if (r < 0)
                return r;
        for (size_t i = first; i < survey->n_counts; i++) {
                struct survey_count *have = &survey->counts[i];

                if (have->class == count->class && have->order == count->order && have->owner == index)
                        return __builtin_add_overflow(have->pages, count->pages, &have->pages) ? -E2BIG : 0;
        }
        if (survey->n_counts - first >= SURVEY_COUNTS_MAX)
                return -E2BIG;
        if (survey->n_counts == survey->size_counts) {
                size_t size = survey->size_counts ? survey->size_counts * 2 : 64;

                new = reallocarray(survey->counts, size, sizeof(*new));
                if (!new)
                        return -ENOMEM;
                survey->counts = new;
                survey->size_counts = size;
        }
        new = &survey->counts[survey->n_counts++];
        *new = *count;
        new->owner = index;
        return 0;
}

int survey_add_keeper(struct survey *survey, const struct survey_keeper *keeper, const char *owner)
{
        struct survey_keeper *new;
        uint16_t index;
        int r;

        r = owner_index(survey, owner, &index);
        if (r < 0)
                return r;
        if (survey->n_keepers == survey->size_keepers) {
                size_t size = survey->size_keepers ? survey->size_keepers * 2 : MEMCTL_KEEPERS_MAX;

                new = reallocarray(survey->keepers, size, sizeof(*new));
                if (!new)
                        return -ENOMEM;
                survey->keepers = new;
                survey->size_keepers = size;
        }
        new = &survey->keepers[survey->n_keepers++];
        *new = *keeper;
        new->owner = index;
        return 0;
}

static int compare_counts(const void *a, const void *b)
{
        const struct survey_count *x = a, *y = b;

        if (x->block != y->block)
                return x->block < y->block ? -1 : 1;
        if (x->class != y->class)
                return x->class < y->class ? -1 : 1;
        if (x->owner != y->owner)
                return x->owner < y->owner ? -1 : 1;
        return x->order < y->order ? -1 : x->order > y->order;
}

static int compare_keepers(const void *a, const void *b)
{
        const struct survey_keeper *x = a, *y = b;

        return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

void survey_sort_keepers(struct survey *survey, size_t first)
{
        if (survey->n_keepers > first)
                qsort(survey->keepers + first, survey->n_keepers - first, sizeof(*survey->keepers),
                      compare_keepers);
}

void survey_sort(struct survey *survey)
{
        if (survey->n_counts > 0)
                qsort(survey->counts, survey->n_counts, sizeof(*survey->counts), compare_counts);
        survey_sort_keepers(survey, 0);
}
