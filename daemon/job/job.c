/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/job.h"

#include "daemon/pages/usage.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

uint64_t job_now(const struct job *job)
{
        return machine_now(job->machine);
}

uint64_t job_elapsed_usec(const struct job *job)
{
        return (job->state == JOB_FINISHED ? job->finished_at : job_now(job)) - job->started_at;
}

void job_notify(struct job *job)
{
        job->changed(job->userdata, job);
}

void job_set_state(struct job *job, enum job_state state)
{
        job->state = state;
        job->stage = STAGE_NONE;
        job_notify(job);
}

void job_set_stage(struct job *job, enum job_stage stage)
{
        job->stage = stage;
}

void job_count_migrated(struct job *job, uint64_t evacuated)
{
        uint64_t migrated = pages_migrated_read(job->machine->tree);

        job->progress.pages_migrated =
                (migrated > job->migrated_at_start ? migrated - job->migrated_at_start : 0) + evacuated;
}

void job_set_figure(struct job *job, enum job_figure figure, uint64_t value)
{
        job->figures[figure] = value;
}

void job_end_timeout(struct job *job)
{
        job->timeout = sd_event_source_disable_unref(job->timeout);
}

void job_finish(struct job *job, enum job_result result)
{
        job_end_timeout(job);
        job->progress.pages_held = 0;
        job->progress.current_block = MEMCTL_NONE;
        job->finished_at = job_now(job);
        job->result = result;
        job_set_state(job, JOB_FINISHED);
}

void job_stop(struct job *job, enum job_result result)
{
        if (job->state != JOB_FINISHED)
                job->operation->stop(job, result);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;

        (void) source, (void) usec;

        job_end_timeout(job);
        job_stop(job, JOB_RESULT_TIMEOUT);
        return 0;
}

static int copy_texts(struct job *job, const struct job_request *request)
{
        job->target = strdup(request->target);
        job->arguments = strdup(request->arguments ? request->arguments : "");
        return job->target && job->arguments ? 0 : -ENOMEM;
}

int job_new(struct machine *machine, uint32_t id, const struct job_request *request, job_changed_t changed,
            void *userdata, struct job **ret)
{
        _cleanup_(job_freep) struct job *job = calloc(1, sizeof(*job));
        int r;

        if (!job) {
                request->operation->free(request->work);
                return -ENOMEM;
        }
        job->id = id;
        job->machine = machine;
        job->operation = request->operation;
        job->name = request->name;
        job->work = request->work;
        job->changed = changed;
        job->userdata = userdata;
        job->recovered = request->recovered;
        job->progress.pages_in_use = JOB_PAGES_UNKNOWN;
        job->progress.current_block = MEMCTL_NONE;
        for (size_t i = 0; i < _FIGURE_MAX; i++)
                job->figures[i] = JOB_FIGURE_NONE;
        job->started_at = job_now(job);
        job->migrated_at_start = pages_migrated_read(machine->tree);

        r = copy_texts(job, request);
        if (r < 0)
                return r;
        if (request->timeout_usec > 0) {
                job->deadline = job->started_at + request->timeout_usec;
                r = machine_after(machine, request->timeout_usec, on_timeout, job, &job->timeout);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(job);
        return 0;
}

int job_start(struct job *job)
{
        return job->operation->start(job);
}

struct job *job_free(struct job *job)
{
        if (!job)
                return NULL;

        job->operation->free(job->work);
        job_end_timeout(job);
        reason_list_clear(&job->reasons);
        for (char **note = job->notes; note && *note; note++)
                free(*note);
        free(job->notes);
        free(job->records);
        free(job->target);
        free(job->arguments);
        free(job);
        return NULL;
}
