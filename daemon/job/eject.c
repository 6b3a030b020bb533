/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the firmware to eject an offline DIMM, and waits until its blocks are gone: the kernel only queues
 * the request and says nothing about how it went.
 */
#include "daemon/job/internal.h"
#include "daemon/model/block.h"
#include "daemon/model/dimm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EJECT_LOOK_USEC (100 * UINT64_C(1000))
#define EJECT_WAIT_USEC (30 * UINT64_C(1000000))

static void eject_failed(struct job *job, const char *text)
{
        struct reason reason = {
                .code = REASON_EJECT_FAILED,
                .block = REASON_NO_BLOCK,
                .text = (char *) text,
        };

        job_reason(job, &reason);
        rollback_start(job, JOB_RESULT_FAILED);
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
                job->ejected = true;
                job->ejecting = false;
                job_finish(job, JOB_RESULT_DONE);
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
                        rollback_start(job, JOB_RESULT_FAILED);
                return;
        }

        relative = dimm_eject_path(dimm);
        if (!relative || asprintf(&path, "/%s", relative) < 0) {
                path = NULL;
                eject_failed(job, strerror(ENOMEM));
                return;
        }

        job->ejecting = true;
        r = worker_write(job->worker, path, "1");
        if (r < 0)
                eject_failed(job, strerror(-r));
}

void eject_write_over(struct job *job, int error)
{
        uint64_t now = 0;

        if (error < 0) {
                eject_failed(job, strerror(-error));
                return;
        }

        (void) sd_event_now(job->machine->event, CLOCK_MONOTONIC, &now);
        job->eject_deadline = now + EJECT_WAIT_USEC;
        (void) job_tick(job, EJECT_LOOK_USEC, on_look);
}
