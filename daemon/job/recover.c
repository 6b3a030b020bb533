/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Begins a job in which a memctld died: puts back what it had begun, waits for an eject that it had asked
 * for, or goes on with it.
 */
#include "daemon/core/crash.h"
#include "daemon/job/internal.h"
#include "daemon/machine/block.h"

#include <errno.h>

/* Its worker ends with the write it is in, and that with its next look at signals. */
#define WORKERS_LOOK_USEC (20 * UINT64_C(1000))

/* Memory is short; it will not be for ever. */
#define RETRY_USEC (1000 * UINT64_C(1000))

static int compare_begun(const void *a, const void *b)
{
        const struct journal_step *x = a, *y = b;

        return x->begun < y->begun ? -1 : x->begun > y->begun;
}

/*
 * The steps that were begun, in the order in which they were: any other was not touched, and may be as
 * somebody else wanted it since. Who goes on takes those that came to their end, whether the journal says so
 * or not, for done.
 */
static int take_steps(struct job *job)
{
        struct journal_found *found = job->found;
        int wanted = job_verb_is_offline(job->verb) ? BLOCK_OFFLINE : BLOCK_ONLINE;

        job->steps = calloc(found->n_steps ? found->n_steps : 1, sizeof(*job->steps));
        if (!job->steps)
                return -ENOMEM;
        qsort(found->steps, found->n_steps, sizeof(*found->steps), compare_begun);
        for (size_t i = 0; i < found->n_steps; i++) {
                const struct journal_step *step = &found->steps[i];

                if (step->begun == 0 ||
                    (job->going_on && block_read_state(job->machine->tree, step->block) != wanted))
                        continue;
                job->steps[job->n_steps++] = (struct job_step){ .block = step->block, .zone = step->zone };
        }
        job->n_done = job->n_steps;
        return 0;
}

static void go_back(struct job *job)
{
        struct reason reason = {
                .code = REASON_INTERRUPTED,
                .block = REASON_NO_BLOCK,
                .text = (char *) "memctld died in this job: what it had begun is put back",
        };

        job_reason(job, &reason);
        rollback_start(job, JOB_RESULT_FAILED);
}

static int on_begin(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;
        bool await_eject = job->found->ejecting && !job->found->rolling_back, asked = job->found->asked;

        (void) source, (void) usec;

        if (!journal_workers_gone(job->journal))
                return job_tick(job, WORKERS_LOOK_USEC, on_begin);
        crash_at(CRASH_RECOVER);
        if (take_steps(job) < 0)
                return job_tick(job, RETRY_USEC, on_begin);
        job_tick_stop(job);
        job->found = journal_found_free(job->found);
        if (await_eject) {
                job_set_state(job, JOB_RUNNING);
                eject_await(job, asked);
        } else if (!job->going_on || prepare_start(job) < 0)
                go_back(job);
        return 0;
}

int recover_start(struct job *job, struct journal_found *found, bool go_on)
{
        job->found = calloc(1, sizeof(*job->found));
        if (!job->found)
                return -ENOMEM;
        *job->found = *found;
        *found = (struct journal_found){ 0 };
        job->journal = TAKE_PTR(job->found->journal);
        job->recovered = true;
        job->going_on = go_on && job_verb_is_offline(job->verb) && !job->found->rolling_back;
        /* from the loop, so that the caller has the job before it may be over */
        return job_tick(job, 0, on_begin);
}
