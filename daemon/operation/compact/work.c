/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/compact/work.h"

#include "daemon/operation/compact/compact.h"

#include <errno.h>

static int start(struct job *job)
{
        struct compacting *compacting = job->work;

        compacting->job = job;
        course_begin(&compacting->course, &compact_course, compacting, COMPACT_BEGIN);
        return 0;
}

static void stop(struct job *job, enum job_result why)
{
        struct compacting *compacting = job->work;

        if (compacting->course.state != COMPACT_EXPLAIN)
                compacting->ending = why;
        compact_post(compacting, COMPACT_EVENT_STOP);
}

static void free_work(void *work)
{
        struct compacting *compacting = work;

        compact_end_begin(compacting);
        compact_end_slice(compacting);
        compact_end_explain(compacting);
        free(compacting);
}

const struct job_operation compact_operation = { .start = start, .stop = stop, .free = free_work };

int compact_new(struct machine *machine, const struct operation_request *request,
                struct journal_found *found, bool go_on, void **ret)
{
        struct compacting *compacting = calloc(1, sizeof(*compacting));

        (void) found, (void) go_on;

        if (!compacting)
                return -ENOMEM;
        compacting->machine = machine;
        compacting->options = request->compact;
        *ret = compacting;
        return 0;
}
