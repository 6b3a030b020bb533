/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The running stage: the plan's steps one after another, then the eject if one is wanted.
 */
#include "daemon/core/crash.h"
#include "daemon/job/internal.h"
#include "daemon/machine/block.h"
#include "daemon/pages/usage.h"

#include <errno.h>
#include <string.h>

static enum write_kind forward_kind(const struct job *job)
{
        if (job_is_offline(job))
                return WRITE_OFFLINE;
        return job->zone == ONLINE_KERNEL ? WRITE_ONLINE_KERNEL : WRITE_ONLINE_MOVABLE;
}

/* The step at index becomes the last of those that are not given up. */
static void put_last(struct job *job, size_t index)
{
        struct job_step step = job->steps[index];
        size_t last = job->n_steps - job->n_given_up - 1;

        memmove(&job->steps[index], &job->steps[index + 1], (last - index) * sizeof(*job->steps));
        job->steps[last] = step;
}

static void give_up(struct job *job, size_t index)
{
        put_last(job, index);
        job->n_given_up++;
}

/* Others may have changed a block behind our back (auto-onlining, another admin): done must be true. */
static bool all_as_wanted(struct job *job)
{
        int wanted = job_is_offline(job) ? BLOCK_OFFLINE : BLOCK_ONLINE;
        bool good = true;

        for (size_t i = 0; i < job->n_done; i++) {
                struct reason reason = { .code = REASON_BLOCK_CHANGED, .block = job->steps[i].block };

                if (block_read_state(job->machine->tree, job->steps[i].block) == wanted)
                        continue;
                job_reason(job, &reason);
                good = false;
        }
        return good;
}

/* What is offline stays so; what somebody brought online meanwhile is not ours any more. */
static void keep(struct job *job)
{
        size_t left;

        guard_drop(job);
        job->timeout = sd_event_source_disable_unref(job->timeout);
        for (size_t i = 0; i < job->n_done;)
                if (block_read_state(job->machine->tree, job->steps[i].block) == BLOCK_OFFLINE)
                        i++;
                else {
                        job_record(job, job->steps[i].block, RECORD_FAILED);
                        give_up(job, i);
                        job->n_done--;
                }
        left = job->n_steps - job->n_given_up - job->n_done;
        if (left > 0)
                job_note(job, "blocks that were not tried any more: %zu", left);
        job_finish(job, JOB_RESULT_PARTIAL);
}

static bool any_is_offline(const struct job *job)
{
        for (size_t i = 0; i < job->n_done; i++)
                if (block_read_state(job->machine->tree, job->steps[i].block) == BLOCK_OFFLINE)
                        return true;
        return false;
}

/* The time was over: the result does not say so any more. */
static void say_unfinished(struct job *job)
{
        struct reason reason = {
                .code = REASON_BLOCK_FAILED,
                .block = job->steps[job->n_done].block,
                .text = (char *) "the job's time was over before it was offline",
        };

        if (job->n_done + job->n_given_up < job->n_steps)
                job_reason(job, &reason);
}

void forward_end(struct job *job, enum job_result result)
{
        bool partial = job->options.partial && job_is_offline(job) && result != JOB_RESULT_CANCELLED;

        if (!partial || !any_is_offline(job)) {
                rollback_start(job, result);
                return;
        }
        if (result == JOB_RESULT_TIMEOUT)
                say_unfinished(job);
        keep(job);
}

static void all_done(struct job *job)
{
        crash_at(CRASH_ALL_OFFLINE);
        job->emptied_at = job_now(job);
        guard_drop(job);
        crash_at(CRASH_UNFENCED);
        if (!all_as_wanted(job) || job->n_given_up > 0)
                forward_end(job, JOB_RESULT_FAILED);
        else if (job->eject)
                eject_start(job);
        else
                job_finish(job, JOB_RESULT_DONE);
}

void forward_next(struct job *job)
{
        if (job->n_done + job->n_given_up >= job->n_steps)
                all_done(job);
        else if (guard_is_due(job))
                guard_raise(job);
        else
                write_start(job, job->steps[job->n_done].block, forward_kind(job));
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;

        (void) source, (void) usec;

        job->pausing = false;
        job_tick_stop(job);
        forward_next(job);
        return 0;
}

/* Where no fence has moved the step's pages before, at the rate asked for, the next step waits. */
static void forward_paced(struct job *job)
{
        uint64_t now_moved = pages_migrated_read(job->machine->tree), took = job_now(job) - job->write.began_at;
        double moved, usec;

        if (job->options.rate > 0 && job->n_done + job->n_given_up < job->n_steps &&
            now_moved > job->write.moved_before) {
                moved = (double) (now_moved - job->write.moved_before) * (double) sysconf(_SC_PAGESIZE);
                usec = moved * 1e6 / (double) job->options.rate;
                if (usec > (double) took && job_tick(job, (uint64_t) usec - took, on_pause_over) >= 0) {
                        job->pausing = true;
                        job_set_stage(job, STAGE_WAITING);
                        return;
                }
        }
        forward_next(job);
}

static int write_journal(struct job *job, char **message)
{
        _cleanup_free_ struct journal_step *steps = calloc(job->n_steps ? job->n_steps : 1, sizeof(*steps));
        const struct journal_entry entry = {
                .id = job->id,
                .verb = job->verb,
                .target = job->target,
                .dimm = job->dimm,
                .eject = job->eject,
                .zone = job->zone,
                .options = job->options,
                .deadline = job->deadline,
                .blocks = &job->blocks,
                .steps = steps,
                .n_steps = job->n_steps,
                .n_done = job->n_done,
        };

        if (!steps)
                return -ENOMEM;
        for (size_t i = 0; i < job->n_steps; i++)
                steps[i] = (struct journal_step){ .block = job->steps[i].block, .zone = job->steps[i].zone };
        if (job->journal)
                return journal_renew(&job->journal, &entry, message);
        return journal_begin(job->machine->tree->root_fd, &entry, &job->journal, message);
}

/* From here on things are touched: whoever finds the journal knows what. */
static bool begin_journal(struct job *job)
{
        struct reason reason = { .code = REASON_BLOCK_FAILED, .block = REASON_NO_BLOCK };
        _cleanup_free_ char *message = NULL;
        int r = write_journal(job, &message);

        crash_at(job->recovered ? CRASH_RENEWED : CRASH_PLANNED);
        if (r >= 0)
                return true;
        reason.text = message ? message : (char *) strerror(-r);
        job_reason(job, &reason);
        if (job->journal) /* what another memctld had done before it died is put back */
                rollback_start(job, JOB_RESULT_FAILED);
        else
                job_finish(job, r == -EBUSY ? JOB_RESULT_REFUSED : JOB_RESULT_FAILED);
        return false;
}

/* Where pages are to go to one node only: all or nothing, for nothing has been touched yet. */
static bool place(struct job *job)
{
        struct reason reason = { .code = REASON_NODE_NOT_POSSIBLE, .block = REASON_NO_BLOCK };
        _cleanup_free_ char *message = NULL;
        int r;

        if (!job_is_offline(job) || job->plan.to_node == NODE_NONE || job->n_done == job->n_steps)
                return true;
        r = node_cgroup_new(job->plan.to_node, job->id, &job->node_cgroup, &message);
        if (r >= 0) {
                worker_place(job->worker, job->node_cgroup);
                return true;
        }
        reason.text = message ? message : (char *) strerror(-r);
        job_reason(job, &reason);
        if (job->going_on)
                rollback_start(job, JOB_RESULT_FAILED);
        else
                job_finish(job, JOB_RESULT_FAILED);
        return false;
}

void forward_start(struct job *job)
{
        if (!begin_journal(job) || !place(job))
                return;
        job_set_state(job, JOB_RUNNING);
        if (job_is_offline(job) && job->n_done < job->n_steps)
                guard_start(job);
        else
                forward_next(job);
}

void forward_abort(struct job *job)
{
        if (job->raising || job->pausing) {
                job_tick_stop(job);
                job->pausing = false;
                forward_end(job, job->result);
        } else
                write_abort(job);
}

static void say_failed(struct job *job, uint32_t block, int error)
{
        struct reason reason = { .block = block };

        switch (error) {
        case -ETIMEDOUT: /* stuck.c knows why */
        case -ECANCELED: /* the journal could not be written */
                return;  /* which has been said */
        case -ESTALE:
                reason.code = REASON_BLOCK_CHANGED;
                break;
        default:
                reason.code = REASON_BLOCK_FAILED;
                reason.text = (char *) strerror(-error);
        }
        job_reason(job, &reason);
}

static void forward_failed(struct job *job, int error)
{
        struct job_step *step = &job->steps[job->n_done];
        bool skip = job->options.stuck == STUCK_SKIP && error != -ECANCELED && !job->stuck.no_room;

        if (skip && error == -ETIMEDOUT && !step->again) {
                job_note(job, "block %u is tried once more, after the others", step->block);
                step->again = true;
                put_last(job, job->n_done);
                forward_next(job);
                return;
        }
        job_record(job, step->block, RECORD_FAILED);
        say_failed(job, step->block, error);
        if (skip && job->options.partial) {
                give_up(job, job->n_done);
                forward_next(job);
                return;
        }
        forward_end(job, JOB_RESULT_FAILED);
}

void forward_step_over(struct job *job, int error)
{
        struct job_step *step = &job->steps[job->n_done];

        if (error == 0) {
                /* it was stuck, and came right */
                job_unsay(job, step->block);
                if (job->stuck.no_room)
                        job_unsay(job, REASON_NO_BLOCK);
                job_record(job, step->block, RECORD_DONE);
                job->n_done++;
                job_update_migrated(job);
                job_notify(job);
        }

        /* Somebody asked for the end meanwhile: that decides, however the step went. */
        if (job->result != JOB_RESULT_NONE)
                forward_end(job, job->result);
        else if (error < 0)
                forward_failed(job, error);
        else
                forward_paced(job);
}
