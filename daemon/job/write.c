/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block's state written by the worker, with retries and with an end: the kernel itself would try to
 * empty a block for ever.
 */
#include "daemon/core/crash.h"
#include "daemon/job/internal.h"
#include "daemon/machine/block.h"
#include "daemon/pages/usage.h"

#include <errno.h>
#include <stdio.h>

/*
 * Attempts at a write that the kernel answers with EBUSY or EAGAIN, or in which the worker dies, and the
 * pause after the first; each next one is twice as long, up to the longest. All in all that is 3.1 s.
 */
#define WRITE_ATTEMPTS           6U
#define WRITE_RETRY_USEC         (100 * UINT64_C(1000))
#define WRITE_RETRY_LONGEST_USEC (2 * UINT64_C(1000000))

/* How often a block that is being emptied is looked at. */
#define WRITE_LOOK_USEC (500 * UINT64_C(1000))

/* A write that has not begun by then waits for somebody else's; a slow machine takes a while to begin one.
 */
#define WRITE_BEGIN_USEC (2 * UINT64_C(1000000))

/*
 * Its pages are counted from then on only: most blocks are offline by then, and counting costs about as much
 * as moving a hundredth of them.
 */
#define WRITE_QUIET_USEC (1500 * UINT64_C(1000))

/*
 * A block is stuck when the number of its used pages reaches no new low for this long. Pages that are only
 * busy (I/O under way) become free within this; a pinned page never does.
 */
#define WRITE_STALL_USEC (10 * UINT64_C(1000000))

/*
 * The same where the kernel does not let us count pages: then only the whole write can be timed. And while
 * the kernel is not at this block yet, but at something of another process's.
 */
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

/* While putting back there are no stages. */
static void set_stage(struct job *job, enum job_stage stage)
{
        /* blocks that are brought online have no stages of their own */
        if (stage == STAGE_OFFLINING && !job_is_offline(job))
                stage = STAGE_NONE;
        if (job->state == JOB_RUNNING)
                job_set_stage(job, stage);
}

void write_report(struct job *job, int error)
{
        job_tick_stop(job);
        job->stuck.waiting = false;
        if (error == 0) {
                crash_at(job->write.kind == WRITE_OFFLINE ? CRASH_OFFLINED : CRASH_ONLINED);
                (void) job_mark(job, job->write.kind == WRITE_OFFLINE ? JOURNAL_OFFLINED : JOURNAL_ONLINED,
                                job->write.block);
                crash_at(CRASH_MARKED);
        }
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

        write_report(job, job->write.error);
        return 0;
}

/* From the loop: a plan of 100,000 steps that need nothing must not become as many nested calls. */
static void report_later(struct job *job, int error)
{
        job->write.error = error;
        if (job_tick(job, 0, on_report) < 0)
                write_report(job, error);
}

/* The kernel does one such write at a time, and lets this one wait. */
static bool is_begun(struct job *job, uint64_t usec)
{
        if (!job->write.begun &&
            block_read_state(job->machine->tree, job->write.block) == BLOCK_GOING_OFFLINE) {
                job->write.begun = true;
                job->write.progress_at = usec;
                set_stage(job, job->stuck.waiting ? STAGE_STUCK : STAGE_OFFLINING);
        }
        return job->write.begun;
}

/* It has not been at it for long, and nothing was counted yet. */
static bool is_quiet(const struct job *job, uint64_t usec)
{
        return job->write.least_in_use == UINT64_MAX && usec - job->write.progress_at < WRITE_QUIET_USEC;
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;
        struct machine *machine = job->machine;
        struct block_usage usage = { 0 };
        uint64_t limit = WRITE_STALL_BLIND_USEC;

        (void) source;

        if (is_begun(job, usec) && !is_quiet(job, usec)) {
                if (block_usage_read(machine->tree, monitor_block_size(machine->monitor), job->write.block,
                                     &usage) < 0)
                        usage.known = false;
                if (usage.known) {
                        limit = WRITE_STALL_USEC;
                        job->write.in_use = usage.pages_in_use;
                }
                if (usage.known && usage.pages_in_use < job->write.least_in_use) {
                        job->write.least_in_use = usage.pages_in_use;
                        job->write.progress_at = usec;
                }
        } else if (!job->write.begun && usec - job->write.began_at > WRITE_BEGIN_USEC) {
                job->slowed = true;
                if (!job->stuck.waiting)
                        set_stage(job, STAGE_WAITING);
        }
        if (usec - job->write.progress_at >= limit) {
                job->write.stalled = true;
                worker_end(job->worker);
                return 0;
        }

        job_update_migrated(job);
        job_notify(job);
        return job_tick(job, WRITE_LOOK_USEC, on_look);
}

/* It is not our turn any more, and not our write. */
static void leave(struct job *job, int error)
{
        write_queue_give(&job->machine->turns, &job->turn);
        report_later(job, error);
}

static void write_begin(struct job *job)
{
        bool offline = job->write.kind == WRITE_OFFLINE;
        char path[128];
        int state, r;

        state = block_read_state(job->machine->tree, job->write.block);
        if (state == -ENOENT) {
                leave(job, -ESTALE);
                return;
        }
        if (state == (offline ? BLOCK_OFFLINE : BLOCK_ONLINE)) {
                leave(job, 0);
                return;
        }
        if (!write_queue_take(&job->machine->turns, &job->turn)) {
                job->slowed = true;
                if (!job->stuck.waiting)
                        set_stage(job, STAGE_WAITING);
                return;
        }

        if (!job_mark(job, offline ? JOURNAL_OFFLINE : JOURNAL_ONLINE, job->write.block)) {
                leave(job, -ECANCELED);
                return;
        }
        crash_at(offline ? CRASH_OFFLINE : CRASH_ONLINE);
        (void) snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", job->write.block);
        r = worker_write(job->worker, path, write_text(job->write.kind));
        if (r < 0) {
                leave(job, r);
                return;
        }

        if (offline && !job->stuck.waiting)
                set_stage(job, STAGE_OFFLINING);
        job->write.begun = false;
        job->write.in_use = 0;
        job->write.least_in_use = UINT64_MAX;
        job->write.progress_at = job_now(job);
        if (offline)
                (void) job_tick(job, WRITE_LOOK_USEC, on_look);
}

static void on_turn(void *userdata)
{
        write_begin(userdata);
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
        job->turn.ready = on_turn;
        job->turn.userdata = job;
        job->stuck.pause_usec = 0;
        job->stuck.no_room = false;
        job->write.block = block;
        job->write.kind = kind;
        job->write.aborted = false;
        job->write.began_at = job_now(job);
        job->write.moved_before = pages_migrated_read(job->machine->tree);
        write_again(job);
}

void write_again(struct job *job)
{
        job->write.attempts = 0;
        job->write.stalled = false;
        write_begin(job);
}

/* -EIO: somebody killed the worker, and another one may come through. */
static bool may_come_right(int error)
{
        return error == -EBUSY || error == -EAGAIN || error == -EIO;
}

static void retry(struct job *job, int error)
{
        uint64_t pause = WRITE_RETRY_USEC << (job->write.attempts - 1);

        job->slowed = true;
        if (!job->stuck.waiting)
                set_stage(job, STAGE_WAITING);
        if (pause > WRITE_RETRY_LONGEST_USEC)
                pause = WRITE_RETRY_LONGEST_USEC;
        if (job_tick(job, pause, on_retry) < 0)
                write_report(job, error);
}

void write_over(struct job *job, int error)
{
        bool offline = job->write.kind == WRITE_OFFLINE;
        int state;

        job_tick_stop(job);
        write_queue_give(&job->machine->turns, &job->turn);

        /* However the write ended, the block's state is what counts. */
        state = block_read_state(job->machine->tree, job->write.block);
        if (state == (offline ? BLOCK_OFFLINE : BLOCK_ONLINE))
                write_report(job, 0);
        else if (state == -ENOENT)
                write_report(job, -ESTALE);
        else if (job->write.aborted)
                write_report(job, -ECANCELED);
        else if (job->write.stalled)
                stuck_start(job, -ETIMEDOUT);
        else if (may_come_right(error) && ++job->write.attempts < WRITE_ATTEMPTS)
                retry(job, error);
        else if (offline && (error == -EBUSY || error == -EAGAIN))
                stuck_start(job, error);
        else
                write_report(job, error < 0 ? error : -EIO);
}

void write_abort(struct job *job)
{
        job->write.aborted = true;
        stuck_drop(job);
        if (worker_is_busy(job->worker))
                worker_end(job->worker);
        else
                leave(job, -ECANCELED);
}
