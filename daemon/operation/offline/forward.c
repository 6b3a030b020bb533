/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What comes next while all goes well: the fence, a block after the other at the rate asked for, the eject.
 */
#include "daemon/core/crash.h"
#include "daemon/machine/block.h"
#include "daemon/operation/offline/offline.h"
#include "daemon/pages/usage.h"

#include <errno.h>
#include <string.h>

int offline_next(void *userdata)
{
        struct offline *offline = userdata;
        const struct step *step = steps_next(&offline->change.steps);

        if (!step)
                return OFFLINE_EVENT_ALL;
        return offline->plan.fence && !offline->fence_tried && !step->unfenced ? OFFLINE_EVENT_FENCE :
                                                                                OFFLINE_EVENT_BLOCK;
}

int offline_fence(void *userdata)
{
        struct offline *offline = userdata;

        offline->fence_tried = true;
        offline_tell_stage(offline, STAGE_FENCING);
        guard_raise(offline->guard);
        return COURSE_LATER;
}

static int on_left(void *userdata, struct block_set *ret)
{
        const struct offline *offline = userdata;

        return steps_list_left(&offline->change.steps, ret);
}

static void on_progress(void *userdata, bool waiting)
{
        struct offline *offline = userdata;

        job_set_stage(offline->change.job, waiting ? STAGE_WAITING : STAGE_FENCING);
        offline_tell(offline);
}

static void on_note(void *userdata, const char *text)
{
        const struct offline *offline = userdata;

        job_note(offline->change.job, "%s", text);
}

static void on_raised(void *userdata)
{
        offline_post(userdata, OFFLINE_EVENT_RAISED);
}

static void on_no_room(void *userdata, const struct reason *reason)
{
        struct offline *offline = userdata;

        job_reason(offline->change.job, reason);
        change_end_as(&offline->change, JOB_RESULT_FAILED);
        offline_post(offline, OFFLINE_EVENT_NO_ROOM);
}

const struct guard_owner offline_guard_owner = { on_left, on_progress, on_note, on_raised, on_no_room };

int offline_on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct offline *offline = userdata;

        (void) source, (void) usec;

        change_no_tick(&offline->change);
        offline_post(offline, OFFLINE_EVENT_GO_ON);
        return 0;
}

/* Where no fence has moved the block's pages before, the next one waits. Microseconds. */
static uint64_t pause_after(const struct offline *offline)
{
        const struct change *change = &offline->change;
        uint64_t moved = pages_migrated_read(change->machine->tree),
                 before = block_write_moved_before(change->write);
        uint64_t took = job_now(change->job) - block_write_began_at(change->write), due;

        if (change->options.rate == 0 || steps_left(&change->steps) == 0 || moved <= before)
                return 0;
        due = (uint64_t) ((double) (moved - before) * (double) sysconf(_SC_PAGESIZE) * 1e6 /
                          (double) change->options.rate);
        return due > took ? due - took : 0;
}

int offline_pace(void *userdata)
{
        struct offline *offline = userdata;
        uint64_t usec = pause_after(offline);

        if (usec == 0 || change_after(&offline->change, usec, offline_on_tick, offline) < 0)
                return OFFLINE_EVENT_GO_ON;
        offline_tell_stage(offline, STAGE_WAITING);
        return COURSE_LATER;
}

void offline_no_tick(void *userdata)
{
        struct offline *offline = userdata;

        change_no_tick(&offline->change);
}

/* Others may have changed a block behind our back (auto-onlining, another admin): done must be true. */
static bool all_offline(struct offline *offline)
{
        const struct steps *steps = &offline->change.steps;
        bool good = true;

        for (size_t i = 0; i < steps->n_done; i++) {
                const struct reason reason = { .code = REASON_BLOCK_CHANGED,
                                               .block = steps->items[i].block };

                if (block_read_state(offline->change.machine->tree, reason.block) == BLOCK_OFFLINE)
                        continue;
                job_reason(offline->change.job, &reason);
                good = false;
        }
        return good;
}

int offline_check(void *userdata)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;

        crash_at(CRASH_ALL_OFFLINE);
        offline->emptied_at = job_now(change->job);
        offline->stood = offline->guard && guard_stood(offline->guard);
        offline_let_go(offline);
        crash_at(CRASH_UNFENCED);
        if (!all_offline(offline) || change->steps.n_given_up > 0) {
                change_end_as(change, JOB_RESULT_FAILED);
                return OFFLINE_EVENT_FAILED;
        }
        return change->eject ? OFFLINE_EVENT_EJECT : OFFLINE_EVENT_DONE;
}

static bool on_mark(void *userdata, enum journal_mark mark, uint32_t block)
{
        struct offline *offline = userdata;

        return change_mark(&offline->change, mark, block);
}

static void on_reason(void *userdata, const struct reason *reason)
{
        const struct offline *offline = userdata;

        job_reason(offline->change.job, reason);
}

static void on_ejected(void *userdata, bool ejected)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;

        if (ejected) {
                change->job->ejected = true;
                change->ending = JOB_RESULT_NONE; /* whatever else was wanted meanwhile came too late */
        } else
                change_end_as(change, JOB_RESULT_FAILED);
        offline_post(offline, ejected ? OFFLINE_EVENT_DONE : OFFLINE_EVENT_FAILED);
}

int offline_eject(void *userdata)
{
        static const struct eject_owner owner = { on_mark, on_reason, on_ejected };
        struct offline *offline = userdata;
        struct change *change = &offline->change;
        const struct eject_request request = {
                .dimm = change->dimm,
                .blocks = &change->blocks,
                .start = offline->eject_start,
                .again = offline->eject_again,
        };
        int r;

        if (change->job->state != JOB_RUNNING)
                job_set_state(change->job, JOB_RUNNING);
        offline_tell_stage(offline, STAGE_EJECTING);
        r = eject_new(change->machine, &request, &owner, offline, &offline->eject);
        if (r >= 0)
                return COURSE_LATER;
        change_say_failed(change, strerror(-r));
        change_end_as(change, JOB_RESULT_FAILED);
        return OFFLINE_EVENT_FAILED;
}

void offline_eject_leave(void *userdata)
{
        struct offline *offline = userdata;

        offline->eject = eject_free(offline->eject);
}
