/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the firmware to eject an offline DIMM, and waits until its blocks are gone: the kernel only queues
 * the request and says nothing about how it went.
 */
#include "daemon/core/crash.h"
#include "daemon/job/internal.h"
#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EJECT_LOOK_USEC (100 * UINT64_C(1000))
#define EJECT_WAIT_USEC (30 * UINT64_C(1000000))

/*
 * The same where a memctld died before it knew that it had asked. The kernel takes the blocks away before it turns to
 * the firmware, and would be at it by now.
 */
#define EJECT_UNSURE_USEC (3 * UINT64_C(1000000))

static void eject_failed(struct job *job, const char *text)
{
        struct reason reason = {
                .code = REASON_EJECT_FAILED,
                .block = REASON_NO_BLOCK,
                .text = (char *) text,
        };

        job->ejecting = false;
        job_reason(job, &reason);
        forward_end(job, JOB_RESULT_FAILED);
}

static bool all_gone(const struct job *job)
{
        for (size_t i = 0; i < job->blocks.n_numbers; i++)
                if (block_read_state(job->machine->tree, job->blocks.numbers[i]) != -ENOENT)
                        return false;
        return true;
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;

        (void) source;

        if (all_gone(job)) {
                crash_at(CRASH_EJECTED);
                job->ejected = true;
                job->ejecting = false;
                job_finish(job, JOB_RESULT_DONE);
                return 0;
        }
        if (usec >= job->eject_deadline && job->going_on) {
                job->going_on = false; /* once: from here it is as any other */
                eject_start(job);
                return 0;
        }
        if (usec >= job->eject_deadline) {
                eject_failed(job, "the firmware has not taken the DIMM within 30 seconds");
                return 0;
        }
        return job_tick(job, EJECT_LOOK_USEC, on_look);
}

/* The kernel would take online blocks offline by itself, without end: never ask while there is one. */
static bool all_offline(struct job *job)
{
        bool good = true;

        for (size_t i = 0; i < job->blocks.n_numbers; i++) {
                struct reason reason = { .code = REASON_BLOCKS_ONLINE, .block = job->blocks.numbers[i] };

                if (block_read_state(job->machine->tree, job->blocks.numbers[i]) == BLOCK_OFFLINE)
                        continue;
                job_reason(job, &reason);
                good = false;
        }
        return good;
}

void eject_start(struct job *job)
{
        _cleanup_free_ char *relative = NULL, *path = NULL;
        struct dimm *dimm;
        int r;

        dimm = snapshot_find_dimm(monitor_snapshot(job->machine->monitor), job->dimm);
        if (!dimm || !all_offline(job)) {
                if (!dimm)
                        eject_failed(job, "the DIMM is gone");
                else
                        forward_end(job, JOB_RESULT_FAILED);
                return;
        }

        relative = dimm_eject_path(dimm);
        if (!relative || asprintf(&path, "/%s", relative) < 0) {
                path = NULL;
                eject_failed(job, strerror(ENOMEM));
                return;
        }

        if (!job_mark(job, JOURNAL_EJECT, REASON_NO_BLOCK)) {
                forward_end(job, JOB_RESULT_FAILED);
                return;
        }
        crash_at(CRASH_EJECT);
        job_set_stage(job, STAGE_EJECTING);
        job->ejecting = true;
        r = worker_write(job->worker, path, "1");
        if (r < 0)
                eject_failed(job, strerror(-r));
}

void eject_await(struct job *job, bool asked)
{
        job_set_stage(job, STAGE_EJECTING);
        job->ejecting = true;
        job->eject_deadline = job_now(job) + (asked ? EJECT_WAIT_USEC : EJECT_UNSURE_USEC);
        (void) job_tick(job, EJECT_LOOK_USEC, on_look);
}

void eject_write_over(struct job *job, int error)
{
        crash_at(CRASH_EJECTING);
        if (error < 0) {
                eject_failed(job, strerror(-error));
                return;
        }
        (void) job_mark(job, JOURNAL_EJECTING, REASON_NO_BLOCK);
        crash_at(CRASH_ASKED);
        eject_await(job, true);
}
