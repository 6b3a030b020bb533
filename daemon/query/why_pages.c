/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/why_pages.h"

#include "daemon/plan/unmovable.h"

#include <errno.h>

/* Each block's first keepers, as many as its share allows. */
static int list_keepers(struct why_report *report)
{
        const struct survey *survey = &report->survey;
        struct survey_block block = { .survey = survey };
        size_t n_blocks = 0, share;

        while (survey_next_block(&block))
                n_blocks += block.n_keepers > 0;
        share = n_blocks > 0 ? WHY_KEEPERS_MAX / n_blocks : 0;
        share = share > 0 ? share : 1;
        report->keepers = calloc(WHY_KEEPERS_MAX, sizeof(*report->keepers));
        if (!report->keepers)
                return -ENOMEM;

        block = (struct survey_block){ .survey = survey };
        while (survey_next_block(&block)) {
                size_t n = 0;

                for (size_t i = 0; i < block.n_keepers && n < share; i++) {
                        const struct survey_keeper *keeper = &block.keepers[i];

                        if (class_movability(survey->source, keeper->class) == MOVABLE_YES ||
                            report->n_keepers == WHY_KEEPERS_MAX)
                                continue;
                        report->keepers[report->n_keepers++] = (struct why_keeper){ .pages = keeper };
                        n++;
                }
        }
        return 0;
}

static int list_owners(struct why_report *report)
{
        _cleanup_free_ struct owned_pages *owners = NULL;
        size_t n;
        int r;

        r = unmovable_owners(&report->survey, &owners, &n);
        if (r < 0)
                return r;
        report->owners = calloc(n ? n : 1, sizeof(*report->owners));
        if (!report->owners)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                report->owners[i] = (struct why_owner){
                        .pages = owners[i],
                        .movable = class_movability(report->survey.source, owners[i].class),
                };
        report->n_owners = n;
        return 0;
}

int why_list_pages(struct why_report *report)
{
        int r = list_owners(report);

        return r < 0 ? r : list_keepers(report);
}
