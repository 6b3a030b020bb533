/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/unmovable.h"

#include <errno.h>
#include <stdlib.h>

const char *pages_owner_name(const struct survey *survey, uint16_t owner, enum memctl_class class)
{
        const char *name = survey_owner(survey, owner);

        if (name)
                return name;
        switch (class) {
        case MEMCTL_CLASS_LRU_FILE:
                return "file";
        case MEMCTL_CLASS_LRU_SHMEM:
                return "shmem";
        case MEMCTL_CLASS_LRU_ANON:
        case MEMCTL_CLASS_LRU_MLOCKED:
                return "anon";
        case MEMCTL_CLASS_LRU_CACHED:
                return "lru_cached";
        case MEMCTL_CLASS_OTHER:
                return "kernel";
        default:
                return memory_class_name(class);
        }
}

static bool is_in_use(enum memctl_class class)
{
        return class != MEMCTL_CLASS_FREE && class != MEMCTL_CLASS_HWPOISON &&
               class != MEMCTL_CLASS_OFFLINE && class != MEMCTL_CLASS_MEMMAP;
}

/* All of one class and owner: they may be in several orders. */
static uint64_t sum_like(const struct survey *survey, const struct survey_count *like)
{
        uint64_t pages = 0;

        for (size_t i = 0; i < survey->n_counts; i++) {
                const struct survey_count *count = &survey->counts[i];

                if (count->block == like->block && count->class == like->class &&
                    count->owner == like->owner)
                        pages += count->pages;
        }
        return pages;
}

const char *block_main_owner(const struct survey *survey, uint32_t block)
{
        const struct survey_count *most = NULL;
        uint64_t most_pages = 0;
        bool most_stays = false;

        for (size_t i = 0; i < survey->n_counts; i++) {
                const struct survey_count *count = &survey->counts[i];
                bool stays = class_movability(survey->source, count->class) == MOVABLE_NO;
                uint64_t pages;

                if (count->block != block || !is_in_use(count->class) || stays < most_stays)
                        continue;
                pages = sum_like(survey, count);
                if (!most || stays > most_stays || pages > most_pages) {
                        most = count;
                        most_pages = pages;
                        most_stays = stays;
                }
        }
        return most ? pages_owner_name(survey, most->owner, most->class) : NULL;
}

static bool is_listed(enum survey_source source, enum memctl_class class)
{
        return class == MEMCTL_CLASS_LRU_MLOCKED || class_movability(source, class) != MOVABLE_YES;
}

static bool is_certain(enum survey_source source, enum memctl_class class)
{
        return class != MEMCTL_CLASS_RESERVED && class_movability(source, class) == MOVABLE_NO;
}

/* Sums by class and owner, in a table of all pairs: there are few owners, and may be millions of counts. */
struct sums {
        uint64_t *pages;
        size_t n_owners; /* and one for none */
};

static int sums_new(struct sums *sums, const struct survey *survey)
{
        sums->n_owners = survey->n_owners + 1;
        sums->pages = calloc((MEMCTL_CLASS_MAX + 1) * sums->n_owners, sizeof(*sums->pages));
        return sums->pages ? 0 : -ENOMEM;
}

static uint64_t *sums_at(struct sums *sums, const struct survey_count *count)
{
        size_t owner = count->owner == SURVEY_OWNER_NONE ? sums->n_owners - 1 : count->owner;

        return &sums->pages[count->class * sums->n_owners + owner];
}

/* Appends what was summed for the counts, each once, and forgets it. */
static int sums_take(struct sums *sums, const struct survey_count *counts, size_t n_counts, uint32_t block,
                     struct owned_pages **list, size_t *n_list)
{
        for (size_t i = 0; i < n_counts; i++) {
                uint64_t *pages = sums_at(sums, &counts[i]);
                struct owned_pages *items = *list;

                if (*pages == 0)
                        continue;
                if ((*n_list & (*n_list - 1)) == 0) {
                        items = reallocarray(items, *n_list ? *n_list * 2 : 1, sizeof(*items));
                        if (!items)
                                return -ENOMEM;
                        *list = items;
                }
                items[(*n_list)++] = (struct owned_pages){
                        .block = block,
                        .owner = counts[i].owner,
                        .class = counts[i].class,
                        .pages = *pages,
                };
                *pages = 0;
        }
        return 0;
}

static int compare_owned(const void *a, const void *b)
{
        const struct owned_pages *x = a, *y = b;

        if (x->class != y->class)
                return x->class < y->class ? -1 : 1;
        return x->owner < y->owner ? -1 : x->owner > y->owner;
}

int unmovable_owners(const struct survey *survey, struct owned_pages **ret, size_t *ret_n)
{
        struct owned_pages *list = NULL;
        struct sums sums;
        size_t n = 0;
        int r;

        r = sums_new(&sums, survey);
        if (r < 0)
                return r;
        for (size_t i = 0; i < survey->n_counts; i++)
                if (is_listed(survey->source, survey->counts[i].class))
                        *sums_at(&sums, &survey->counts[i]) += survey->counts[i].pages;
        r = sums_take(&sums, survey->counts, survey->n_counts, UINT32_MAX, &list, &n);
        free(sums.pages);
        if (r < 0) {
                free(list);
                return r;
        }
        if (n > 0)
                qsort(list, n, sizeof(*list), compare_owned);
        *ret = list;
        *ret_n = n;
        return 0;
}

int unmovable_certain(const struct survey *survey, struct owned_pages **ret, size_t *ret_n)
{
        struct survey_block block = { .survey = survey };
        struct owned_pages *list = NULL;
        struct sums sums;
        size_t n = 0;
        int r;

        r = sums_new(&sums, survey);
        while (r >= 0 && survey_next_block(&block)) {
                for (size_t i = 0; i < block.n_counts; i++)
                        if (is_certain(survey->source, block.counts[i].class))
                                *sums_at(&sums, &block.counts[i]) += block.counts[i].pages;
                r = sums_take(&sums, block.counts, block.n_counts, block.block, &list, &n);
        }
        free(sums.pages);
        if (r < 0) {
                free(list);
                return r;
        }
        *ret = list;
        *ret_n = n;
        return 0;
}
