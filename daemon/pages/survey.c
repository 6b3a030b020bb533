/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/survey.h"

#include "daemon/pages/survey_fill.h"
#include "basic/message.h"

#include <errno.h>
#include <string.h>

const char *survey_source_name(enum survey_source source)
{
        static const char *const names[] = {
                [SURVEY_NONE] = "none",
                [SURVEY_MODULE] = "module",
                [SURVEY_KPAGEFLAGS] = "kpageflags",
        };

        return names[source];
}

const char *memory_class_name(unsigned int class)
{
        static const char *const names[MEMCTL_CLASS_MAX + 1] = {
                [MEMCTL_CLASS_UNSPEC] = "absent",
                [MEMCTL_CLASS_FREE] = "free",
                [MEMCTL_CLASS_LRU_FILE] = "lru_file",
                [MEMCTL_CLASS_LRU_SHMEM] = "lru_shmem",
                [MEMCTL_CLASS_LRU_ANON] = "lru_anon",
                [MEMCTL_CLASS_LRU_MLOCKED] = "lru_mlocked",
                [MEMCTL_CLASS_LRU_CACHED] = "lru_cached",
                [MEMCTL_CLASS_PINNED] = "pinned",
                [MEMCTL_CLASS_HUGETLB] = "hugetlb",
                [MEMCTL_CLASS_MOVABLE_OPS] = "movable_ops",
                [MEMCTL_CLASS_SLAB] = "slab",
                [MEMCTL_CLASS_PAGE_TABLE] = "page_table",
                [MEMCTL_CLASS_RESERVED] = "reserved",
                [MEMCTL_CLASS_OFFLINE] = "offline",
                [MEMCTL_CLASS_HWPOISON] = "hwpoison",
                [MEMCTL_CLASS_OTHER] = "other",
                [MEMCTL_CLASS_CMA] = "cma",
                [MEMCTL_CLASS_MEMMAP] = "memmap",
        };

        return class <= MEMCTL_CLASS_MAX ? names[class] : NULL;
}

const char *survey_owner(const struct survey *survey, uint16_t owner)
{
        return owner < survey->n_owners ? survey->owners[owner] : NULL;
}

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

static int read_first(struct survey *survey, struct tree *tree, uint64_t block_size, uint32_t number,
                      char **message)
{
        _cleanup_free_ char *why = NULL;
        int r;

        r = survey_read_module(survey, tree, block_size, number, &why);
        if (r >= 0) {
                survey->source = SURVEY_MODULE;
                return 0;
        }
        /* The poorer source is better than none, and says that it is. */
        survey->n_counts = survey->n_keepers = 0;
        survey->unknown = 0;
        r = survey_read_kpageflags(survey, tree, block_size, number, message);
        if (r < 0) {
                survey_clear(survey);
                return r;
        }
        survey->source = SURVEY_KPAGEFLAGS;
        survey->note = TAKE_PTR(why);
        return 0;
}

int survey_add_block(struct survey *survey, struct tree *tree, uint64_t block_size, uint32_t number,
                     char **message)
{
        size_t n_counts = survey->n_counts, n_keepers = survey->n_keepers;
        int r;

        if (tree->page_size == 0)
                return fail(message, -ENODATA,
                            "%s: the size of its pages cannot be told, so they cannot be counted; accepted: a tree with MemTotal in "
                            "proc/meminfo and managed pages in proc/zoneinfo, or with all of proc/kpageflags",
                            tree->root);
        switch (survey->source) {
        case SURVEY_MODULE:
                r = survey_read_module(survey, tree, block_size, number, message);
                break;
        case SURVEY_KPAGEFLAGS:
                r = survey_read_kpageflags(survey, tree, block_size, number, message);
                break;
        default:
                return read_first(survey, tree, block_size, number, message);
        }
        if (r < 0) {
                survey->n_counts = n_counts;
                survey->n_keepers = n_keepers;
        }
        /* it was there a block ago */
        return r == -ENODATA ? -ESTALE : r;
}

bool survey_next_block(struct survey_block *block)
{
        const struct survey *survey = block->survey;
        const struct survey_count *count = block->counts ? block->counts + block->n_counts : survey->counts;
        const struct survey_keeper *keeper =
                block->counts ? block->keepers + block->n_keepers : survey->keepers;
        size_t n = survey->n_counts - (size_t) (survey->n_counts ? count - survey->counts : 0);
        size_t n_keepers = survey->n_keepers - (size_t) (survey->n_keepers ? keeper - survey->keepers : 0);

        if (n == 0)
                return false;
        *block = (struct survey_block){
                .survey = survey,
                .block = count->block,
                .counts = count,
                .keepers = keeper,
        };
        while (block->n_counts < n && count[block->n_counts].block == block->block)
                block->n_counts++;
        while (block->n_keepers < n_keepers && keeper[block->n_keepers].block == block->block)
                block->n_keepers++;
        return true;
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

void survey_clear(struct survey *survey)
{
        for (size_t i = 0; i < survey->n_owners; i++)
                free(survey->owners[i]);
        free(survey->owners);
        free(survey->counts);
        free(survey->keepers);
        free(survey->note);
        *survey = (struct survey){ 0 };
}
