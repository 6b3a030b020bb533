/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/job.h"

#include "daemon/job/internal.h"
#include "daemon/model/usage.h"

#include <errno.h>
#include <string.h>

const char *job_verb_name(enum job_verb verb)
{
        static const char *const names[_JOB_VERB_MAX] = {
                [JOB_BLOCK_OFFLINE] = "block-offline", [JOB_BLOCK_ONLINE] = "block-online",
                [JOB_DIMM_OFFLINE] = "dimm-offline",   [JOB_DIMM_ONLINE] = "dimm-online",
                [JOB_DIMM_EJECT] = "dimm-eject",
        };

        return names[verb];
}

const char *job_state_name(enum job_state state)
{
        static const char *const names[_JOB_STATE_MAX] = {
                [JOB_PLANNING] = "planning",
                [JOB_RUNNING] = "running",
                [JOB_ROLLING_BACK] = "rolling-back",
                [JOB_FINISHED] = "finished",
        };

        return names[state];
}

const char *job_result_name(enum job_result result)
{
        static const char *const names[_JOB_RESULT_MAX] = {
                [JOB_RESULT_NONE] = "",
                [JOB_RESULT_DONE] = "done",
                [JOB_RESULT_REFUSED] = "refused",
                [JOB_RESULT_FAILED] = "failed",
                [JOB_RESULT_CANCELLED] = "cancelled",
                [JOB_RESULT_TIMEOUT] = "timeout",
        };

        return names[result];
}

const char *job_record_name(enum job_record_kind kind)
{
        static const char *const names[] = {
                [RECORD_DONE] = "done",
                [RECORD_FAILED] = "failed",
                [RECORD_ROLLED_BACK] = "rolled-back",
        };

        return names[kind];
}

static uint64_t now_usec(struct machine *machine)
{
        uint64_t usec = 0;

        /* never fails for a clock that the loop knows */
        (void) sd_event_now(machine->event, CLOCK_MONOTONIC, &usec);
        return usec;
}

uint64_t job_elapsed_usec(const struct job *job)
{
        return (job->state == JOB_FINISHED ? job->finished_at : now_usec(job->machine)) - job->started_at;
}

size_t job_blocks_changed(const struct job *job)
{
        return job->n_done + job->n_stuck;
}

void job_notify(struct job *job)
{
        job->changed(job->userdata, job);
}

void job_set_state(struct job *job, enum job_state state)
{
        job->state = state;
        job_notify(job);
}

void job_reason(struct job *job, const struct reason *reason)
{
        (void) reason_list_add(&job->reasons, reason);
}

void job_record(struct job *job, uint32_t block, enum job_record_kind kind)
{
        struct job_record *records;

        records = reallocarray(job->records, job->n_records + 1, sizeof(*records));
        if (!records)
                return;

        job->records = records;
        job->records[job->n_records++] = (struct job_record){ .block = block, .kind = kind };
}

int job_tick(struct job *job, uint64_t usec, sd_event_time_handler_t handler)
{
        job_tick_stop(job);
        return sd_event_add_time_relative(job->machine->event, &job->tick, CLOCK_MONOTONIC, usec, 0, handler,
                                          job);
}

void job_tick_stop(struct job *job)
{
        job->tick = sd_event_source_disable_unref(job->tick);
}

void job_update_migrated(struct job *job)
{
        uint64_t migrated = pages_migrated_read(job->machine->tree);

        job->migrated = migrated > job->migrated_at_start ? migrated - job->migrated_at_start : 0;
}

void job_finish(struct job *job, enum job_result result)
{
        job_tick_stop(job);
        job->timeout = sd_event_source_disable_unref(job->timeout);
        job_update_migrated(job);
        job->finished_at = now_usec(job->machine);
        job->result = result;
        job_set_state(job, JOB_FINISHED);
}

void job_abort(struct job *job, enum job_result result)
{
        switch (job->state) {
        case JOB_PLANNING:
                job->judge = judge_free(job->judge);
                job_finish(job, result);
                break;
        case JOB_RUNNING:
                if (job->ejecting || job->result != JOB_RESULT_NONE)
                        break;
                job->result = result;
                write_abort(job);
                break;
        default:
                break;
        }
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source;
        (void) usec;

        job_abort(userdata, JOB_RESULT_TIMEOUT);
        return 0;
}

static void on_write_over(void *userdata, int error)
{
        struct job *job = userdata;

        if (job->ejecting)
                eject_write_over(job, error);
        else
                write_over(job, error);
}

static int job_copy_request(struct job *job, const struct job_request *request)
{
        int r;

        job->verb = request->verb;
        job->eject = request->eject;
        job->force = request->force;
        job->zone = request->zone;
        job->target = strdup(request->target);
        if (!job->target)
                return -ENOMEM;
        if (request->dimm) {
                job->dimm = strdup(request->dimm);
                if (!job->dimm)
                        return -ENOMEM;
        }

        r = block_set_copy(request->blocks, &job->blocks);
        if (r < 0)
                return r;
        return 0;
}

int job_new(struct machine *machine, uint32_t id, const struct job_request *request, job_changed_t changed,
            void *userdata, struct job **ret)
{
        _cleanup_(job_freep) struct job *job = NULL;
        int r;

        job = calloc(1, sizeof(*job));
        if (!job)
                return -ENOMEM;

        job->id = id;
        job->machine = machine;
        job->pages_in_use = JOB_PAGES_UNKNOWN;
        job->changed = changed;
        job->userdata = userdata;
        job->started_at = now_usec(machine);
        job->migrated_at_start = pages_migrated_read(machine->tree);

        r = job_copy_request(job, request);
        if (r < 0)
                return r;
        r = worker_new(machine->event, on_write_over, job, &job->worker);
        if (r < 0)
                return r;
        if (request->timeout_usec > 0) {
                r = sd_event_add_time_relative(machine->event, &job->timeout, CLOCK_MONOTONIC,
                                               request->timeout_usec, 0, on_timeout, job);
                if (r < 0)
                        return r;
        }
        r = prepare_start(job);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(job);
        return 0;
}

struct job *job_free(struct job *job)
{
        if (!job)
                return NULL;

        judge_free(job->judge);
        worker_free(job->worker);
        lease_keeper_free(job->lease);
        sd_event_source_disable_unref(job->tick);
        sd_event_source_disable_unref(job->timeout);
        block_set_clear(&job->blocks);
        reason_list_clear(&job->reasons);
        free(job->steps);
        free(job->records);
        free(job->target);
        free(job->dimm);
        free(job);
        return NULL;
}
