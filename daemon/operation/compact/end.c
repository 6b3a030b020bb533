/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What it has come to.
 */
#include "daemon/operation/compact/compact.h"

/* What was gained stays, whatever the end. */
static enum job_result result_of(const struct compacting *compacting)
{
        const uint64_t *figures = compacting->job->figures;
        uint64_t before = figures[FIGURE_BLOCKS_BEFORE], after = figures[FIGURE_BLOCKS_AFTER];

        if (compacting->ending != JOB_RESULT_NONE)
                return compacting->ending;
        if (compacting->options.until == 0 || after >= compacting->options.until)
                return JOB_RESULT_DONE;
        return after > before ? JOB_RESULT_PARTIAL : JOB_RESULT_FAILED;
}

int compact_end(void *userdata)
{
        struct compacting *compacting = userdata;

        job_finish(compacting->job, result_of(compacting));
        return COURSE_LATER;
}
