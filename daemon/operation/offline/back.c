/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ends: what was asked is not reached, and what went is kept or put back; or all is done.
 */
#include "daemon/core/crash.h"
#include "daemon/machine/block.h"
#include "daemon/operation/offline/offline.h"

static bool is_offline(const struct offline *offline, size_t index)
{
        return block_read_state(offline->change.machine->tree, offline->change.steps.items[index].block) ==
               BLOCK_OFFLINE;
}

static bool any_is_offline(const struct offline *offline)
{
        for (size_t i = 0; i < offline->change.steps.n_done; i++)
                if (is_offline(offline, i))
                        return true;
        return false;
}

/* The time was over: the result does not say so any more. */
static void say_unfinished(struct offline *offline)
{
        const struct step *step = steps_next(&offline->change.steps);
        struct reason reason = { .code = REASON_BLOCK_FAILED,
                                 .text = (char *) "the job's time was over before it was offline" };

        if (!step)
                return;
        reason.block = step->block;
        job_reason(offline->change.job, &reason);
}

/* What is offline stays so; what somebody brought online meanwhile is not ours any more. */
static void keep(struct offline *offline)
{
        struct change *change = &offline->change;
        size_t left = steps_left(&change->steps);

        if (change->ending == JOB_RESULT_TIMEOUT)
                say_unfinished(offline);
        for (size_t i = 0; i < change->steps.n_done;)
                if (is_offline(offline, i))
                        i++;
                else {
                        job_record(change->job, change->steps.items[i].block, RECORD_FAILED);
                        steps_lose(&change->steps, i);
                }
        if (left > 0)
                job_note(change->job, "blocks that were not tried any more: %zu", left);
        change->ending = JOB_RESULT_PARTIAL;
}

int offline_leave(void *userdata)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;

        offline_let_go(offline);
        if (!change->journal)
                return OFFLINE_EVENT_NOTHING;
        if (!change->options.partial || change->ending == JOB_RESULT_CANCELLED || !any_is_offline(offline))
                return OFFLINE_EVENT_GO_BACK;
        keep(offline);
        return OFFLINE_EVENT_KEPT;
}

int offline_back(void *userdata)
{
        struct offline *offline = userdata;

        change_go_back(&offline->change);
        return put_back_start(offline->change.back) ? COURSE_LATER : OFFLINE_EVENT_DONE;
}

static bool on_mark(void *userdata, enum journal_mark mark, uint32_t block)
{
        struct offline *offline = userdata;

        return change_mark(&offline->change, mark, block);
}

static void on_progress(void *userdata)
{
        offline_tell(userdata);
}

static void on_record(void *userdata, uint32_t block, bool back)
{
        const struct offline *offline = userdata;

        job_record(offline->change.job, block, back ? RECORD_ROLLED_BACK : RECORD_FAILED);
}

static void on_reason(void *userdata, const struct reason *reason)
{
        const struct offline *offline = userdata;

        job_reason(offline->change.job, reason);
}

static void on_note(void *userdata, const char *text)
{
        const struct offline *offline = userdata;

        job_note(offline->change.job, "%s", text);
}

static void on_back(void *userdata)
{
        offline_post(userdata, OFFLINE_EVENT_DONE);
}

const struct put_back_owner offline_back_owner = { on_mark,   on_progress, on_record,
                                                   on_reason, on_note,     on_back };

int offline_end(void *userdata)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;

        if (change->write)
                offline->slowed |= block_write_slowed(change->write);
        job_count_migrated(change->job, offline->evacuated);
        /* before its group goes: the process in it */
        change->write = block_write_free(change->write);
        placing_end(TAKE_PTR(offline->node_cgroup));
        crash_at(CRASH_FINISHED);
        change_end_journal(change);
        if (change->ending == JOB_RESULT_NONE) {
                crash_at(CRASH_HISTORY);
                offline_remember(offline);
        }
        change_finish(change);
        return COURSE_LATER;
}
