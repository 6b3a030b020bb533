/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is told of the job.
 */
#include "daemon/operation/hugepages/hugepages.h"

void hugepages_tell(struct hugepages *self)
{
        struct job *job = self->job;
        uint64_t added = hugepages_added(self), possible = job->figures[FIGURE_POSSIBLE];
        struct huge_pool_counts counts = { 0 };

        if (self->wish.count > 0)
                job_set_figure(job, FIGURE_WANTED, self->wish.count);
        job_set_figure(job, FIGURE_SIZE_BYTES, self->wish.size);
        job_set_figure(job, FIGURE_ADDED, added);
        if (possible == JOB_FIGURE_NONE || possible < added)
                job_set_figure(job, FIGURE_POSSIBLE, added);
        if (huge_pool_count(self->machine->tree, self->wish.size, self->wish.node, &counts) >= 0)
                job_set_figure(job, FIGURE_AFTER, counts.persistent);
        job_count_migrated(job, 0);
        job_notify(job);
}

void hugepages_reason(struct hugepages *self, enum reason_code code, const char *text)
{
        const struct reason reason = { .code = code, .block = REASON_NO_BLOCK, .text = (char *) text };

        job_reason(self->job, &reason);
}

void hugepages_end_as(struct hugepages *self, enum job_result result)
{
        bool above = self->ending == JOB_RESULT_NONE || result == JOB_RESULT_CANCELLED ||
                     (result == JOB_RESULT_TIMEOUT && self->ending != JOB_RESULT_CANCELLED);

        if (above)
                self->ending = result;
}
