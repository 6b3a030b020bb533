/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The survey without memctl.ko, from /proc/kpageflags.
 */
#include "daemon/pages/kpageflags.h"
#include "daemon/pages/survey_fill.h"

#include "basic/message.h"

#include <errno.h>
#include <string.h>

static int add_census(struct survey *survey, const struct page_census *census, uint32_t number)
{
        size_t first = survey->n_counts;
        int r;

        for (unsigned int class = MEMCTL_CLASS_UNSPEC + 1; class <= MEMCTL_CLASS_MAX; class ++)
                for (unsigned int order = 0; order < CENSUS_ORDERS; order++) {
                        struct survey_count count = {
                                .block = number,
                                .class = (uint8_t) class,
                                .order = (uint8_t) order,
                                .pages = census->pages[class][order],
                        };

                        r = count.pages ? survey_add_count(survey, first, &count, NULL) : 0;
                        if (r < 0)
                                return r;
                }

        for (size_t i = 0; i < census->n_keepers; i++) {
                struct survey_keeper keeper = {
                        .block = number,
                        .class = census->keepers[i].class,
                        .pfn = census->keepers[i].pfn,
                        .pages = census->keepers[i].pages,
                };

                r = survey_add_keeper(survey, &keeper, NULL);
                if (r < 0)
                        return r;
        }
        return 0;
}

int survey_read_kpageflags(struct survey *survey, struct tree *tree, uint64_t block_size, uint32_t number,
                           char **message)
{
        uint64_t pages = block_size / tree->page_size;
        struct page_census census;
        int r;

        r = page_census_take(tree, number * pages, pages, &census);
        if (r == -ENOMEM)
                return r;
        if (r == -ENODATA)
                return fail(message, r, "%s%sproc/kpageflags ends before block %u", tree->root,
                            tree->live ? "" : "/", number);
        if (r < 0)
                return fail(message, -ENODATA, "%s%sproc/kpageflags: %s", tree->root, tree->live ? "" : "/",
                            strerror(-r));
        survey->unknown = KPAGEFLAGS_UNKNOWN;
        return add_census(survey, &census, number);
}
