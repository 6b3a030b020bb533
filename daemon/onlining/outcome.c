/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "basic/clock.h"
#include "daemon/onlining/internal.h"
#include "daemon/onlining/say.h"

#include <stdio.h>

/* The first reason, as far as it is in words. */
static void put_error(const struct job *job, struct handled *handled)
{
        const struct reason *reason = job->reasons.n_items > 0 ? &job->reasons.items[0] : NULL;

        (void) snprintf(handled->error, sizeof(handled->error), "job %u: %s%s%s%s%.160s", job->id,
                        job_result_name(job->result), reason ? ": " : "",
                        reason ? reason_code_name(reason->code) : "", reason && reason->text ? ": " : "",
                        reason && reason->text ? reason->text : "");
}

void onlining_take_end(struct onlining *onlining, const struct job *job, struct handled *handled)
{
        put_error(job, handled);
        if (job->result == JOB_RESULT_DONE)
                handled->state = HANDLED_DONE;
        else if (job->result == JOB_RESULT_CANCELLED)
                handled->state = HANDLED_LEFT;
        else
                handled_fail(handled, clock_usec(CLOCK_MONOTONIC));
        if (handled_is_over(handled))
                for (size_t i = 0; i < handled->n_blocks; i++)
                        seen_remove(&onlining->seen, handled->blocks[i]);
        if (handled->state == HANDLED_DONE)
                handled->error[0] = '\0';
        onlining_say_outcome(handled);
}
