/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Surveys a block, from the best source there is.
 */
#include "daemon/pages/survey_fill.h"

#include "basic/cleanup.h"
#include "basic/message.h"

#include <errno.h>

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
                return fail(
                        message, -ENODATA,
                        "%s: the size of its pages cannot be told, so they cannot be counted; accepted: "
                        "a tree with MemTotal in proc/meminfo and managed pages in proc/zoneinfo, or with "
                        "all of proc/kpageflags",
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
