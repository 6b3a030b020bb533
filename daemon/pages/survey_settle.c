/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages that look unmovable only for a moment (on their way through a CPU's list, under I/O, just allocated)
 * told from those that stay so: by looking again.
 */
#include "daemon/pages/survey_fill.h"

#include <string.h>

int survey_copy_block(struct survey *survey, const struct survey_block *block)
{
        size_t first = survey->n_counts;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < block->n_counts; i++)
                r = survey_add_count(survey, first, &block->counts[i],
                                     survey_owner(block->survey, block->counts[i].owner));
        for (size_t i = 0; r >= 0 && i < block->n_keepers; i++)
                r = survey_add_keeper(survey, &block->keepers[i],
                                      survey_owner(block->survey, block->keepers[i].owner));
        return r;
}

bool survey_class_passes(enum memctl_class class)
{
        return class == MEMCTL_CLASS_PINNED || class == MEMCTL_CLASS_OTHER;
}

/* What a pinned page of that owner is besides; a page that is nobody's yet is about to be somebody's. */
static enum memctl_class class_besides(enum memctl_class class, const char *owner)
{
        if (class == MEMCTL_CLASS_OTHER)
                return MEMCTL_CLASS_LRU_CACHED;
        if (owner && strcmp(owner, "shmem") == 0)
                return MEMCTL_CLASS_LRU_SHMEM;
        if (owner && strcmp(owner, "file") == 0)
                return MEMCTL_CLASS_LRU_FILE;
        if (owner && strcmp(owner, "hugetlb") == 0)
                return MEMCTL_CLASS_HUGETLB;
        return !owner || strcmp(owner, "anon") == 0 ? MEMCTL_CLASS_LRU_ANON : MEMCTL_CLASS_MOVABLE_OPS;
}

static bool same_owner(const char *a, const char *b)
{
        return a == b || (a && b && strcmp(a, b) == 0);
}

static uint64_t pages_of(const struct survey_block *block, enum memctl_class class, const char *owner)
{
        uint64_t pages = 0;

        for (size_t i = 0; i < block->n_counts; i++)
                if (block->counts[i].class == class &&
                    same_owner(survey_owner(block->survey, block->counts[i].owner), owner))
                        pages += block->counts[i].pages;
        return pages;
}

/* Up to which pfn the keepers of a look are all there are. */
static uint64_t known_until(const struct survey_block *block)
{
        const struct survey_keeper *last;

        if (block->n_keepers < MEMCTL_KEEPERS_MAX)
                return UINT64_MAX;
        last = &block->keepers[block->n_keepers - 1];
        return last->pfn + last->pages;
}

/* The block's keepers as they are found. */
struct run {
        struct survey *survey;
        enum memctl_class class; /* of the next, */
        const char *owner;       /* and whose they are */
        size_t n_keepers;
};

static int add_run(struct run *run, const struct survey_keeper *keeper, uint64_t pfn, uint64_t end)
{
        struct survey_keeper part = *keeper;

        if (pfn >= end || run->n_keepers == MEMCTL_KEEPERS_MAX)
                return 0;
        run->n_keepers++;
        part.pfn = pfn;
        part.pages = end - pfn;
        return survey_add_keeper(run->survey, &part, run->owner);
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
        return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
        return a > b ? a : b;
}

/* Adds what of a keeper was one before, too; *kept are those pages. */
static int settle_keeper(struct run *run, const struct survey_block *before,
                         const struct survey_keeper *keeper, uint64_t *kept)
{
        uint64_t end = keeper->pfn + keeper->pages, horizon = known_until(before);
        int r = 0;

        for (size_t i = 0; r >= 0 && i < before->n_keepers; i++) {
                const struct survey_keeper *other = &before->keepers[i];
                uint64_t from = max_u64(keeper->pfn, other->pfn);
                uint64_t to = min_u64(end, other->pfn + other->pages);

                if (other->class != run->class || from >= to)
                        continue;
                *kept += to - from;
                r = add_run(run, keeper, from, to);
        }
        /* beyond what the other look tells by pfn: not shown to be free */
        if (r >= 0 && end > horizon)
                r = add_run(run, keeper, max_u64(keeper->pfn, horizon), end);
        return r;
}

static int settle_counts(const struct run *run, const struct survey_block *now, uint64_t passing,
                         size_t first)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < now->n_counts; i++) {
                struct survey_count stays = now->counts[i], passes = now->counts[i];

                if (stays.class != run->class ||
                    !same_owner(survey_owner(now->survey, stays.owner), run->owner))
                        continue;
                passes.class = (uint8_t) class_besides(run->class, run->owner);
                passes.pages = min_u64(stays.pages, passing);
                passing -= passes.pages;
                stays.pages -= passes.pages;
                if (stays.pages > 0)
                        r = survey_add_count(run->survey, first, &stays, run->owner);
                if (r >= 0 && passes.pages > 0)
                        r = survey_add_count(run->survey, first, &passes,
                                             passes.class == MEMCTL_CLASS_MOVABLE_OPS ? run->owner : NULL);
        }
        return r;
}

static bool is_first_of_owner(const struct survey_block *now, size_t index)
{
        for (size_t i = 0; i < index; i++)
                if (now->counts[i].class == now->counts[index].class &&
                    now->counts[i].owner == now->counts[index].owner)
                        return false;
        return true;
}

/* Keepers of one class and owner that stay, and how many of the pages do. */
static int settle_owner(struct run *run, const struct survey_block *before, const struct survey_block *now,
                        size_t first)
{
        uint64_t pages = pages_of(now, run->class, run->owner), kept = 0, shown = 0;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < now->n_keepers; i++) {
                const struct survey_keeper *keeper = &now->keepers[i];

                if (keeper->class != run->class ||
                    !same_owner(survey_owner(now->survey, keeper->owner), run->owner))
                        continue;
                shown += keeper->pages;
                r = settle_keeper(run, before, keeper, &kept);
        }
        if (r < 0)
                return r;
        if (shown < pages || known_until(before) != UINT64_MAX)
                kept = min_u64(pages, pages_of(before, run->class, run->owner));
        return settle_counts(run, now, pages - min_u64(kept, pages), first);
}

int survey_settle_block(struct survey *survey, const struct survey_block *before,
                        const struct survey_block *now)
{
        size_t first = survey->n_counts, first_keeper = survey->n_keepers;
        struct run run = { .survey = survey };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < now->n_counts; i++) {
                const struct survey_count *count = &now->counts[i];

                run.class = count->class;
                run.owner = survey_owner(now->survey, count->owner);
                if (!survey_class_passes(run.class))
                        r = survey_add_count(survey, first, count, run.owner);
                else if (is_first_of_owner(now, i))
                        r = settle_owner(&run, before, now, first);
        }
        for (size_t i = 0; r >= 0 && i < now->n_keepers; i++)
                if (!survey_class_passes(now->keepers[i].class)) {
                        run.owner = survey_owner(now->survey, now->keepers[i].owner);
                        r = add_run(&run, &now->keepers[i], now->keepers[i].pfn,
                                    now->keepers[i].pfn + now->keepers[i].pages);
                }
        if (r >= 0)
                survey_sort_keepers(survey, first_keeper);
        return r;
}
