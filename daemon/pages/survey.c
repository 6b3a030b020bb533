/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/survey.h"

#include <stdlib.h>

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
