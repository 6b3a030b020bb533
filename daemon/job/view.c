/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/view.h"

#include <string.h>

void job_view(const struct job *job, struct job_view *ret)
{
        *ret = (struct job_view){
                .state = job_state_name(job->state),
                .stage = job_stage_name(job->state == JOB_RUNNING ? job->stage : STAGE_NONE),
                .result = job_result_name(job->state == JOB_FINISHED ? job->result : JOB_RESULT_NONE),
                .blocks_total = (uint32_t) job->progress.blocks_total,
                .blocks_done = (uint32_t) job->progress.blocks_done,
                .current_block = job->progress.current_block,
                .pages_in_use = job->progress.pages_in_use,
                .pages_migrated = job->progress.pages_migrated,
                .pages_held = job->progress.pages_held,
                .estimated_usec = job->progress.estimated_usec,
        };
        memcpy(ret->figures, job->figures, sizeof(ret->figures));
}

size_t job_view_changes(const struct job_view *before, const struct job_view *after,
                        const char *names[JOB_VIEW_CHANGES_MAX + 1])
{
        const struct {
                const char *name;
                bool same;
        } properties[JOB_VIEW_CHANGES_MAX] = {
                { "State", before && strcmp(before->state, after->state) == 0 },
                { "Stage", before && strcmp(before->stage, after->stage) == 0 },
                { "Result", before && strcmp(before->result, after->result) == 0 },
                { "BlocksTotal", before && before->blocks_total == after->blocks_total },
                { "BlocksDone", before && before->blocks_done == after->blocks_done },
                { "CurrentBlock", before && before->current_block == after->current_block },
                { "PagesInUse", before && before->pages_in_use == after->pages_in_use },
                { "PagesMigrated", before && before->pages_migrated == after->pages_migrated },
                { "PagesHeld", before && before->pages_held == after->pages_held },
                { "EstimatedUSec", before && before->estimated_usec == after->estimated_usec },
                { "Figures",
                  before && memcmp(before->figures, after->figures, sizeof(after->figures)) == 0 },
        };
        size_t n = 0;

        for (size_t i = 0; i < JOB_VIEW_CHANGES_MAX; i++)
                if (!properties[i].same)
                        names[n++] = properties[i].name;
        names[n] = NULL;
        return n;
}

bool job_view_is_urgent(const struct job_view *before, const struct job_view *after)
{
        return strcmp(before->state, after->state) != 0 || strcmp(before->result, after->result) != 0;
}
