/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/unmovable.h"

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
        return class != MEMCTL_CLASS_FREE && class != MEMCTL_CLASS_HWPOISON && class != MEMCTL_CLASS_OFFLINE;
}

/* All of one class and owner: they may be in several orders. */
static uint64_t sum_like(const struct survey *survey, const struct survey_count *like)
{
        uint64_t pages = 0;

        for (size_t i = 0; i < survey->n_counts; i++) {
                const struct survey_count *count = &survey->counts[i];

                if (count->block == like->block && count->class == like->class && count->owner == like->owner)
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
