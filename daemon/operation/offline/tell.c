/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the job shows of how far it is.
 */
#include "daemon/operation/offline/offline.h"

/* The block that it is at; a fence is raised around all of them at once. */
static uint32_t current_block(const struct offline *offline)
{
        const struct change *change = &offline->change;

        switch (change->job->state) {
        case JOB_RUNNING:
                if (change->job->stage == STAGE_NONE || change->job->stage == STAGE_FENCING ||
                    !steps_next(&change->steps))
                        return REASON_NO_BLOCK;
                return steps_next(&change->steps)->block;
        case JOB_ROLLING_BACK:
                return put_back_block(change->back);
        default:
                return REASON_NO_BLOCK;
        }
}

void offline_tell(struct offline *offline)
{
        struct job *job = offline->change.job;

        if (offline->guard) {
                offline->evacuated = guard_evacuated(offline->guard);
                job->progress.pages_held = guard_held(offline->guard);
        }
        job_count_migrated(job, offline->evacuated);
        change_tell(&offline->change, current_block(offline));
}

void offline_tell_stage(struct offline *offline, enum job_stage stage)
{
        if (offline->change.job->stage == stage)
                return;
        job_set_stage(offline->change.job, stage);
        offline_tell(offline);
}

void offline_let_go(struct offline *offline)
{
        if (!offline->guard)
                return;
        offline->slowed |= guard_fell(offline->guard);
        offline->evacuated = guard_evacuated(offline->guard);
        offline->guard = guard_free(offline->guard);
        offline->change.job->progress.pages_held = 0;
}
