/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "matrix/machine/census.h"

#include "daemon/pages/survey.h"
#include "matrix/machine/place.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define BLOCKS_MAX 512

struct counting {
        const char *owner;
        struct tree *tree;
        uint64_t *found;
        size_t n, size;
};

static bool is_of(const struct survey *survey, const struct survey_count *count, const char *owner)
{
        const char *name = survey_owner(survey, count->owner);

        return count->class == MEMCTL_CLASS_MOVABLE_OPS && name && strstr(name, owner);
}

static int add(struct counting *counting, uint64_t pfn, uint64_t pages)
{
        if (counting->n + pages > counting->size) {
                uint64_t *more;

                counting->size = 2 * (counting->n + pages);
                more = reallocarray(counting->found, counting->size, sizeof(*more));
                if (!more)
                        return -ENOMEM;
                counting->found = more;
        }
        while (pages-- > 0)
                counting->found[counting->n++] = pfn;
        return 0;
}

/* How many such pages a piece of memory has. */
static int count(const struct counting *counting, uint64_t size, uint64_t number, uint64_t *ret)
{
        _cleanup_free_ char *message = NULL;
        struct survey survey = { 0 };
        int r;

        *ret = 0;
        r = survey_add_block(&survey, counting->tree, size, (uint32_t) number, &message);
        if (r >= 0 && survey.source != SURVEY_MODULE)
                r = -ENODATA;
        for (size_t i = 0; r >= 0 && i < survey.n_counts; i++)
                if (is_of(&survey, &survey.counts[i], counting->owner))
                        *ret += survey.counts[i].pages;
        survey_clear(&survey);
        return r;
}

static int count_block(struct counting *counting, uint64_t block_size, uint64_t block)
{
        uint64_t piece = CENSUS_PIECE * counting->tree->page_size, n = block_size / piece, pages;
        int r;

        r = count(counting, block_size, block, &pages);
        for (uint64_t i = 0; r >= 0 && pages > 0 && i < n; i++) {
                uint64_t here;

                r = count(counting, piece, block * n + i, &here);
                if (r >= 0)
                        r = add(counting, (block * n + i) * CENSUS_PIECE, here);
        }
        return r;
}

static int count_all(struct counting *counting)
{
        _cleanup_closedir_ DIR *directory = opendir("/sys/devices/system/memory");
        uint64_t size = place_block_size();
        const struct dirent *entry;
        size_t blocks = 0;
        int r = directory && size > 0 ? 0 : -ENODATA;

        while (r >= 0 && (entry = readdir(directory))) {
                if (strncmp(entry->d_name, "memory", 6) != 0)
                        continue;
                r = blocks++ == BLOCKS_MAX
                            ? -EFBIG
                            : count_block(counting, size, strtoull(entry->d_name + 6, NULL, 10));
        }
        return r;
}

static int compare(const void *a, const void *b)
{
        const uint64_t *one = a, *other = b;

        return *one < *other ? -1 : *one > *other;
}

int census(const char *owner, uint64_t **ret, size_t *ret_n)
{
        _cleanup_(tree_closep) struct tree *tree = NULL;
        _cleanup_free_ char *message = NULL;
        struct counting counting = { .owner = owner };
        int r;

        r = tree_open(NULL, &tree, &message);
        if (r < 0)
                return r;
        counting.tree = tree;
        r = count_all(&counting);
        if (r < 0) {
                free(counting.found);
                return r;
        }
        if (counting.n > 0)
                qsort(counting.found, counting.n, sizeof(*counting.found), compare);
        *ret = counting.found;
        *ret_n = counting.n;
        return 0;
}
