/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/job.h"

#include "daemon/core/crash.h"
#include "daemon/job/internal.h"
#include "daemon/pages/usage.h"
#include "daemon/plan/take.h"
#include "daemon/query/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

const char *job_stage_name(enum job_stage stage)
{
        static const char *const names[_STAGE_MAX] = {
                [STAGE_NONE] = "",
                [STAGE_FENCING] = "fencing",
                [STAGE_OFFLINING] = "offlining",
                [STAGE_WAITING] = "waiting",
                [STAGE_STUCK] = "stuck",
                [STAGE_EJECTING] = "ejecting",
        };

        return names[stage];
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
                [JOB_RESULT_PARTIAL] = "partial",
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

bool job_is_offline(const struct job *job)
{
        return job_verb_is_offline(job->verb);
}

uint64_t job_now(const struct job *job)
{
        return machine_now(job->machine);
}

uint64_t job_elapsed_usec(const struct job *job)
{
        return (job->state == JOB_FINISHED ? job->finished_at : job_now(job)) - job->started_at;
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
        job->stage = STAGE_NONE;
        job_notify(job);
}

void job_set_stage(struct job *job, enum job_stage stage)
{
        if (job->stage == stage)
                return;
        job->stage = stage;
        job_notify(job);
}

void job_reason(struct job *job, const struct reason *reason)
{
        (void) reason_list_add(&job->reasons, reason);
}

void job_unsay(struct job *job, uint32_t block)
{
        size_t kept = 0;

        for (size_t i = 0; i < job->reasons.n_items; i++) {
                if (job->reasons.items[i].block == block)
                        free(job->reasons.items[i].text);
                else
                        job->reasons.items[kept++] = job->reasons.items[i];
        }
        job->reasons.n_items = kept;
}

void job_note(struct job *job, const char *format, ...)
{
        _cleanup_free_ char *text = NULL;
        va_list list;
        int n;

        va_start(list, format);
        n = vasprintf(&text, format, list);
        va_end(list);
        if (n < 0)
                text = NULL;
        else
                (void) plan_note(&job->plan, "%s", text);
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
        return machine_after(job->machine, usec, handler, job, &job->tick);
}

void job_tick_stop(struct job *job)
{
        job->tick = sd_event_source_disable_unref(job->tick);
}

void job_update_migrated(struct job *job)
{
        uint64_t migrated = pages_migrated_read(job->machine->tree);

        job->migrated = (migrated > job->migrated_at_start ? migrated - job->migrated_at_start : 0) + job->evacuated;
}

bool job_mark(struct job *job, enum journal_mark mark, uint32_t block)
{
        struct reason reason = { .code = REASON_BLOCK_FAILED, .block = block };
        char text[96];
        int r;

        if (!job->journal)
                return true;
        r = journal_mark(job->journal, mark, block);
        if (r >= 0 || job->state == JOB_ROLLING_BACK)
                return true;
        (void) snprintf(text, sizeof(text), "the journal cannot be written: %s", strerror(-r));
        reason.text = text;
        job_reason(job, &reason);
        return false;
}

void job_finish(struct job *job, enum job_result result)
{
        crash_at(CRASH_FINISHED);
        job->journal = journal_end(job->journal);
        /* it has nothing more to do; a finished job is remembered for a while */
        worker_place(job->worker, NULL);
        job->node_cgroup = node_cgroup_free(job->node_cgroup);
        job_tick_stop(job);
        job->timeout = sd_event_source_disable_unref(job->timeout);
        job_update_migrated(job);
        job->finished_at = job_now(job);
        job->result = result;
        if (result == JOB_RESULT_DONE) {
                crash_at(CRASH_HISTORY);
                job_remember(job);
                crash_at(CRASH_REMEMBERED);
        }
        job_set_state(job, JOB_FINISHED);
}

void job_abort(struct job *job, enum job_result result)
{
        switch (job->state) {
        case JOB_PLANNING:
                if (job->found) { /* it goes back, once that is possible */
                        job->going_on = false;
                        break;
                }
                job->planner = offline_planner_free(job->planner);
                if (job->going_on)
                        rollback_start(job, result);
                else
                        job_finish(job, result);
                break;
        case JOB_RUNNING:
                if (job->ejecting || job->result != JOB_RESULT_NONE)
                        break;
                job->result = result;
                forward_abort(job);
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

static void on_write_over(void *userdata, int error, const struct worker_answer *answer)
{
        struct job *job = userdata;

        (void) answer;

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
        job->options = request->options;
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
        job->fell = -1;
        job->changed = changed;
        job->userdata = userdata;
        job->started_at = job_now(job);
        job->migrated_at_start = pages_migrated_read(machine->tree);

        r = job_copy_request(job, request);
        if (r < 0)
                return r;
        r = worker_new(machine->event, on_write_over, job, &job->worker);
        if (r < 0)
                return r;
        if (request->timeout_usec > 0) {
                job->deadline = job->started_at + request->timeout_usec;
                r = sd_event_add_time_relative(machine->event, &job->timeout, CLOCK_MONOTONIC,
                                               request->timeout_usec, 0, on_timeout, job);
                if (r < 0)
                        return r;
        }
        r = request->found ? recover_start(job, request->found, request->go_on) : prepare_start(job);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(job);
        return 0;
}

struct job *job_free(struct job *job)
{
        if (!job)
                return NULL;

        offline_planner_free(job->planner);
        worker_free(job->worker);
        write_queue_give(&job->machine->turns, &job->turn);
        stuck_drop(job);
        guard_drop(job);
        node_cgroup_free(job->node_cgroup);
        journal_close(job->journal);
        journal_found_free(job->found);
        offline_plan_clear(&job->plan);
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
