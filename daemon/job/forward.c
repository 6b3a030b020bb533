/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The running stage: the plan's steps one after another, then the eject if one is wanted.
 */
#include "daemon/job/internal.h"
#include "daemon/model/block.h"
#include "daemon/model/module.h"

#include <errno.h>
#include <string.h>

static bool is_offline_job(const struct job *job)
{
        return job->verb == JOB_BLOCK_OFFLINE || job->verb == JOB_DIMM_OFFLINE;
}

static enum write_kind forward_kind(const struct job *job)
{
        if (is_offline_job(job))
                return WRITE_OFFLINE;
        return job->zone == ONLINE_KERNEL ? WRITE_ONLINE_KERNEL : WRITE_ONLINE_MOVABLE;
}

/* Others may have changed a block behind our back (auto-onlining, another admin): done must be true. */
static bool all_as_wanted(struct job *job)
{
        int wanted = is_offline_job(job) ? BLOCK_OFFLINE : BLOCK_ONLINE;
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

/*
 * What is in a CPU's LRU cache does not migrate, and makes the kernel try again and again. Without a lease
 * it comes through all the same, so a refusal is no error; nor is it news where there is no module.
 */
static void hold_lru_cache(struct job *job)
{
        static bool complained;
        _cleanup_free_ char *message = NULL;
        int r;

        r = lease_keeper_new(job->machine->event, job->machine->tree, &job->lease, &message);
        if (r >= 0 || complained || !module_is_loaded(job->machine->tree))
                return;
        complained = true;
        (void) fprintf(stderr, "memctld: memory goes offline with the LRU caches on: %s\n",
                       message ? message : strerror(-r));
}

static void forward_next(struct job *job)
{
        if (job->n_done < job->n_steps) {
                write_start(job, job->steps[job->n_done].block, forward_kind(job));
                return;
        }
        job->lease = lease_keeper_free(job->lease);
        if (!all_as_wanted(job))
                rollback_start(job, JOB_RESULT_FAILED);
        else if (job->eject)
                eject_start(job);
        else
                job_finish(job, JOB_RESULT_DONE);
}

void forward_start(struct job *job)
{
        job_set_state(job, JOB_RUNNING);
        if (is_offline_job(job) && job->n_steps > 0)
                hold_lru_cache(job);
        forward_next(job);
}

static void forward_failed(struct job *job, uint32_t block, int error)
{
        struct reason reason = { .block = block };

        job_record(job, block, RECORD_FAILED);
        switch (error) {
        case -ETIMEDOUT:
                break; /* write.c knows why and has said so */
        case -ESTALE:
                reason.code = REASON_BLOCK_CHANGED;
                job_reason(job, &reason);
                break;
        default:
                reason.code = REASON_BLOCK_FAILED;
                reason.text = (char *) strerror(-error);
                job_reason(job, &reason);
        }
        rollback_start(job, JOB_RESULT_FAILED);
}

void forward_step_over(struct job *job, int error)
{
        uint32_t block = job->steps[job->n_done].block;

        if (error == 0) {
                job_record(job, block, RECORD_DONE);
                job->n_done++;
                job_update_migrated(job);
                job_notify(job);
        }

        /* Somebody asked for the end meanwhile: that decides, however the step went. */
        if (job->result != JOB_RESULT_NONE)
                rollback_start(job, job->result);
        else if (error < 0)
                forward_failed(job, block, error);
        else
                forward_next(job);
}
