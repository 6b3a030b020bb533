/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/view.h"

#include "memctl/bus.h"

#include <string.h>

static uint32_t current_block(const struct job *job)
{
        /* a fence is raised around all of them at once */
        bool at_a_block = job->stage != STAGE_FENCING && (job->stage != STAGE_NONE || !job_verb_is_offline(job->verb));

        if (job->state == JOB_RUNNING && at_a_block && job->n_done + job->n_given_up < job->n_steps)
                return job->steps[job->n_done].block;
        if (job->state == JOB_ROLLING_BACK && job->n_done > 0)
                return job->steps[job->n_done - 1].block;
        return MEMCTL_NONE;
}

void job_view(const struct job *job, struct job_view *ret)
{
        *ret = (struct job_view){
                .state = job_state_name(job->state),
                .stage = job_stage_name(job->state == JOB_RUNNING ? job->stage : STAGE_NONE),
                .result = job_result_name(job->state == JOB_FINISHED ? job->result : JOB_RESULT_NONE),
                .blocks_total = (uint32_t) job->n_steps,
                .blocks_done = (uint32_t) job_blocks_changed(job),
                .current_block = current_block(job),
                .pages_in_use = job->pages_in_use,
                .pages_migrated = job->migrated,
                .pages_held = job->fencing ? fencing_held(job->fencing) : 0,
                .estimated_usec = job->plan.estimated_usec,
        };
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
