/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block on its way: written, stuck, skipped, waited for.
 */
#include "daemon/operation/offline/offline.h"

#include <errno.h>
#include <string.h>

/* Where a block is waited for: the pause before the next try, doubled up to the longest. */
#define WAIT_USEC         (1 * UINT64_C(1000000))
#define WAIT_LONGEST_USEC (30 * UINT64_C(1000000))

int offline_block(void *userdata)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;

        if (offline->waiting) {
                guard_hold_caches(offline->guard, true);
                block_write_again(change->write);
                return COURSE_LATER;
        }
        offline->pause_usec = 0;
        offline->no_room = false;
        block_write_start(change->write, steps_next(&change->steps)->block, WRITE_OFFLINE, 0);
        return COURSE_LATER;
}

int offline_stop_write(void *userdata)
{
        struct offline *offline = userdata;

        block_write_abort(offline->change.write);
        return COURSE_LATER;
}

static bool on_mark(void *userdata, enum journal_mark mark, uint32_t block)
{
        struct offline *offline = userdata;

        return change_mark(&offline->change, mark, block);
}

/* A block that is waited for is stuck, whatever is tried meanwhile. */
static void on_stage(void *userdata, enum block_write_stage stage)
{
        struct offline *offline = userdata;

        if (!offline->waiting)
                offline_tell_stage(offline, stage == WRITE_WAITING ? STAGE_WAITING : STAGE_OFFLINING);
}

static void on_progress(void *userdata)
{
        offline_tell(userdata);
}

/* It may have been stuck before. */
static void went(struct offline *offline)
{
        struct change *change = &offline->change;
        uint32_t block = steps_next(&change->steps)->block;

        job_unsay(change->job, block);
        if (offline->no_room)
                job_unsay(change->job, REASON_NO_BLOCK);
        job_record(change->job, block, RECORD_DONE);
        change->steps.n_done++;
        offline->waiting = false;
        offline_tell(offline);
}

/* It went, and whoever has brought it back need not have done so in the zone that it had. */
static void is_undone(struct offline *offline)
{
        offline->change.steps.n_done++;
}

static void on_written(void *userdata, int error)
{
        struct offline *offline = userdata;

        offline->error = error;
        offline->is_stuck = offline->is_said = false;
        if (error == 0)
                went(offline);
        else if (error == BLOCK_WRITE_UNDONE && offline->course.state == OFFLINE_STOP)
                is_undone(offline);
        offline_post(offline, error == 0                     ? OFFLINE_EVENT_WENT :
                              error == -ETIMEDOUT ||
                                      error == -EBUSY ||
                                      error == -EAGAIN       ? OFFLINE_EVENT_NOT_EMPTY :
                                                               OFFLINE_EVENT_FAILED);
}

const struct block_write_owner offline_write_owner = { on_mark, on_stage, on_progress, on_written };

/* In place of what was said after the last try. */
static void on_found(void *userdata, const struct reason *reason, const char *note)
{
        struct offline *offline = userdata;
        struct job *job = offline->change.job;

        job_unsay(job, steps_next(&offline->change.steps)->block);
        if (offline->waiting)
                job_unsay(job, REASON_NO_BLOCK);
        else
                job_note(job, "%s", note);
        offline->no_room =
                reason->code == REASON_NOT_ENOUGH_MEMORY || reason->code == REASON_NO_ROOM_FOR_HUGE_PAGES;
        offline->is_said = true;
        job_reason(job, reason);
        offline_post(offline, OFFLINE_EVENT_FOUND);
}

int offline_find_out(void *userdata)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;
        const struct stuck_facts facts = {
                .block = steps_next(&change->steps)->block,
                .in_use = block_write_in_use(change->write),
                .begun = block_write_begun(change->write),
                .error = offline->error,
                .to_node = change->options.to_node,
        };

        offline->slowed = offline->is_stuck = true;
        offline_tell_stage(offline, STAGE_STUCK);
        return stuck_new(change->machine, &facts, on_found, offline, &offline->stuck) < 0
                       ? OFFLINE_EVENT_FOUND
                       : COURSE_LATER;
}

void offline_find_out_leave(void *userdata)
{
        struct offline *offline = userdata;

        offline->stuck = stuck_free(offline->stuck);
}

/* EPERM is no right of ours that is missing: whom the kernel asks before a block goes offline can say no. */
static const char *refusal(int error)
{
        return error == -EPERM ? "a part of it forbids that; on arm64 for all memory that was there at boot"
                               : strerror(-error);
}

static void say_failed(struct offline *offline, uint32_t block)
{
        struct reason reason = { .code = REASON_BLOCK_FAILED, .block = block };

        if (offline->is_said || offline->error == -ECANCELED)
                return; /* for want of a journal, which has been said */
        if (offline->error == -ESTALE || offline->error == BLOCK_WRITE_UNDONE)
                reason.code = REASON_BLOCK_CHANGED;
        else
                reason.text = (char *) refusal(offline->error);
        job_reason(offline->change.job, &reason);
}

static bool may_wait(const struct offline *offline)
{
        return offline->change.options.stuck == STUCK_WAIT && offline->is_stuck;
}

int offline_settle(void *userdata)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;
        struct step *step = steps_next(&change->steps);
        bool skip = change->options.stuck == STUCK_SKIP && offline->error != -ECANCELED && !offline->no_room;

        if (may_wait(offline))
                return OFFLINE_EVENT_WAIT;
        offline->waiting = false;
        if (skip && offline->is_stuck && !step->again) {
                job_note(change->job, "block %u is tried once more, after the others", step->block);
                step->again = true;
                steps_put_last(&change->steps);
                return OFFLINE_EVENT_GO_ON;
        }
        job_record(change->job, step->block, RECORD_FAILED);
        say_failed(offline, step->block);
        if (skip && change->options.partial) {
                steps_give_up(&change->steps);
                return OFFLINE_EVENT_GO_ON;
        }
        if (offline->error == BLOCK_WRITE_UNDONE)
                is_undone(offline);
        change_end_as(change, JOB_RESULT_FAILED);
        return OFFLINE_EVENT_FAILED;
}

int offline_wait(void *userdata)
{
        struct offline *offline = userdata;
        uint64_t usec = offline->pause_usec > 0 ? 2 * offline->pause_usec : WAIT_USEC;

        offline->waiting = true;
        offline->pause_usec = usec < WAIT_LONGEST_USEC ? usec : WAIT_LONGEST_USEC;
        guard_hold_caches(offline->guard, false);
        offline_tell(offline);
        return change_after(&offline->change, offline->pause_usec, offline_on_tick, offline) < 0
                       ? OFFLINE_EVENT_GO_ON
                       : COURSE_LATER;
}
