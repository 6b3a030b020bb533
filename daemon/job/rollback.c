/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts back what the running stage did, last step first: every state on the way back is one that was there
 * on the way out, so the kernel's zones allow it. A block that cannot be put back is named, and the rest
 * is put back all the same.
 */
#include "daemon/core/crash.h"
#include "daemon/job/internal.h"
#include "daemon/machine/block.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum write_kind backward_kind(const struct job_step *step)
{
        if (step->zone == ZONE_NONE)
                return WRITE_OFFLINE; /* an online job's block was offline before */
        return online_zone_for(step->zone) == ONLINE_KERNEL ? WRITE_ONLINE_KERNEL : WRITE_ONLINE_MOVABLE;
}

static void rollback_next(struct job *job)
{
        const struct job_step *step;

        if (job->n_done == 0) {
                job_finish(job, job->result);
                return;
        }
        step = &job->steps[job->n_done - 1];
        write_start(job, step->block, backward_kind(step));
}

void rollback_start(struct job *job, enum job_result result)
{
        job->timeout = sd_event_source_disable_unref(job->timeout);
        guard_drop(job);
        job->ejecting = false;
        job->result = result;
        (void) job_mark(job, JOURNAL_ROLL_BACK, REASON_NO_BLOCK);
        crash_at(CRASH_ROLL_BACK);
        job_set_state(job, JOB_ROLLING_BACK);
        rollback_next(job);
}

static void say_stuck(struct job *job, uint32_t block, const char *text)
{
        struct reason reason = {
                .code = REASON_ROLL_BACK_FAILED,
                .block = block,
                .text = (char *) text,
        };

        job_record(job, block, RECORD_FAILED);
        job_reason(job, &reason);
}

/* A block that is online again, but elsewhere, is not what it was. */
static void check_zone(struct job *job, const struct job_step *step)
{
        struct memory_block block = { .number = step->block, .node = NODE_NONE };
        enum zone zone;
        char text[64];

        if (step->zone == ZONE_NONE || block_read(job->machine->tree, NULL, &block) < 0)
                return;
        zone = zone_list_get(block.zones, 0);
        if (zone == step->zone || zone == ZONE_NONE)
                return;

        (void) snprintf(text, sizeof(text), "is online again in zone %s, was in %s", zone_name(zone),
                        zone_name(step->zone));
        say_stuck(job, step->block, text);
}

void rollback_step_over(struct job *job, int error)
{
        const struct job_step *step = &job->steps[job->n_done - 1];

        job->n_done--;
        if (error < 0) {
                /* a block that is gone cannot be stuck: somebody pulled the DIMM */
                if (error != -ESTALE)
                        job->n_stuck++;
                say_stuck(job, step->block, error == -ESTALE ? "is gone" : strerror(-error));
        } else {
                job_record(job, step->block, RECORD_ROLLED_BACK);
                check_zone(job, step);
        }
        job_update_migrated(job);
        job_notify(job);
        rollback_next(job);
}
