/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block's state written by the worker, with retries and with an end: the kernel itself would try to
 * empty a block for ever.
 */
#include "daemon/job/internal.h"
#include "daemon/model/block.h"
#include "daemon/model/usage.h"
#include "daemon/plan/unmovable.h"

#include <errno.h>
#include <stdio.h>

/* Attempts at a write that the kernel answers with EBUSY or EAGAIN, and the pause between them. */
#define WRITE_ATTEMPTS   3
#define WRITE_RETRY_USEC (200 * UINT64_C(1000))

/* How often a block that is being emptied is looked at. */
#define WRITE_LOOK_USEC (500 * UINT64_C(1000))

/*
 * A block is stuck when the number of its used pages reaches no new low for this long. Pages that are only
 * busy (I/O under way) become free within this; a pinned page never does.
 */
#define WRITE_STALL_USEC (10 * UINT64_C(1000000))

/* The same where the kernel does not let us count pages: then only the whole write can be timed. */
#define WRITE_STALL_BLIND_USEC (120 * UINT64_C(1000000))

static const char *write_text(enum write_kind kind)
{
        switch (kind) {
        case WRITE_ONLINE_KERNEL:
                return online_zone_command(ONLINE_KERNEL);
        case WRITE_ONLINE_MOVABLE:
                return online_zone_command(ONLINE_MOVABLE);
        default:
                return "offline";
        }
}

static uint64_t now_usec(struct job *job)
{
        uint64_t usec = 0;

        (void) sd_event_now(job->machine->event, CLOCK_MONOTONIC, &usec);
        return usec;
}

static void report(struct job *job, int error)
{
        job_tick_stop(job);
        if (job->state == JOB_ROLLING_BACK)
                rollback_step_over(job, error);
        else
                forward_step_over(job, error);
}

static int on_report(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;

        (void) source;
        (void) usec;

        report(job, job->write.error);
        return 0;
}

/* From the loop: a plan of 100,000 steps that need nothing must not become as many nested calls. */
static void report_later(struct job *job, int error)
{
        job->write.error = error;
        if (job_tick(job, 0, on_report) < 0)
                report(job, error);
}

/* What is left in a stuck block has no room elsewhere, or does not move. */
static void say_why_stuck(struct job *job, const struct block_usage *usage)
{
        struct machine *machine = job->machine;
        uint64_t block_size = monitor_block_size(machine->monitor);
        uint64_t left = usage->pages_in_use * (uint64_t) sysconf(_SC_PAGESIZE);
        _cleanup_(survey_clear) struct survey survey = { 0 };
        _cleanup_free_ char *message = NULL;
        struct reason reason = { .code = REASON_UNMOVABLE, .block = job->write.block };
        struct memory_room room = { 0 };

        memory_room_read(machine->tree, &room);
        if (room.known && room.available_bytes < left) {
                reason.code = REASON_NOT_ENOUGH_MEMORY;
                reason.block = REASON_NO_BLOCK;
                reason.needed_bytes = left;
                reason.available_bytes = room.available_bytes;
        } else {
                reason.pages = usage->pages_in_use;
                /* not who: that is not told then */
                if (survey_add_block(&survey, machine->tree, block_size, job->write.block, &message) >= 0)
                        reason.text = (char *) block_main_owner(&survey, job->write.block);
        }
        job_reason(job, &reason);
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;
        struct machine *machine = job->machine;
        struct block_usage usage = { 0 };
        uint64_t limit;

        (void) source;

        if (block_usage_read(machine->tree, monitor_block_size(machine->monitor), job->write.block, &usage) <
            0)
                usage.known = false;
        if (usage.known && usage.pages_in_use < job->write.least_in_use) {
                job->write.least_in_use = usage.pages_in_use;
                job->write.progress_at = usec;
        }

        limit = usage.known ? WRITE_STALL_USEC : WRITE_STALL_BLIND_USEC;
        if (usec - job->write.progress_at >= limit) {
                job->write.stalled = true;
                say_why_stuck(job, &usage);
                worker_end(job->worker);
                return 0;
        }

        job_update_migrated(job);
        job_notify(job);
        return job_tick(job, WRITE_LOOK_USEC, on_look);
}

static void write_begin(struct job *job)
{
        bool offline = job->write.kind == WRITE_OFFLINE;
        char path[128];
        int state, r;

        state = block_read_state(job->machine->tree, job->write.block);
        if (state == -ENOENT) {
                report_later(job, -ESTALE);
                return;
        }
        if (state == (offline ? BLOCK_OFFLINE : BLOCK_ONLINE)) {
                report_later(job, 0);
                return;
        }

        (void) snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", job->write.block);
        r = worker_write(job->worker, path, write_text(job->write.kind));
        if (r < 0) {
                report_later(job, r);
                return;
        }

        job->write.least_in_use = UINT64_MAX;
        job->write.progress_at = now_usec(job);
        if (offline)
                (void) job_tick(job, WRITE_LOOK_USEC, on_look);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source;
        (void) usec;

        write_begin(userdata);
        return 0;
}

void write_start(struct job *job, uint32_t block, enum write_kind kind)
{
        job->write.block = block;
        job->write.kind = kind;
        job->write.attempts = 0;
        job->write.aborted = false;
        job->write.stalled = false;
        write_begin(job);
}

/* -EIO: the worker was killed. On the way out that is the job's end, but what it took is to go back. */
static bool may_come_right(const struct job *job, int error)
{
        return error == -EBUSY || error == -EAGAIN || (error == -EIO && job->state == JOB_ROLLING_BACK);
}

void write_over(struct job *job, int error)
{
        int wanted = job->write.kind == WRITE_OFFLINE ? BLOCK_OFFLINE : BLOCK_ONLINE;
        int state;

        job_tick_stop(job);

        /* However the write ended, the block's state is what counts. */
        state = block_read_state(job->machine->tree, job->write.block);
        if (state == wanted)
                report(job, 0);
        else if (state == -ENOENT)
                report(job, -ESTALE);
        else if (job->write.aborted)
                report(job, -ECANCELED);
        else if (job->write.stalled)
                report(job, -ETIMEDOUT);
        else if (may_come_right(job, error) && ++job->write.attempts < WRITE_ATTEMPTS) {
                if (job_tick(job, WRITE_RETRY_USEC, on_retry) < 0)
                        report(job, error);
        } else
                report(job, error < 0 ? error : -EIO);
}

void write_abort(struct job *job)
{
        job->write.aborted = true;
        if (worker_is_busy(job->worker))
                worker_end(job->worker);
        else
                report_later(job, -ECANCELED);
}
