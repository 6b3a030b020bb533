/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/model/survey.h"

#include "basic/message.h"
#include "daemon/model/survey_fill.h"

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
