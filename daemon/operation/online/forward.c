/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block after the other is brought online.
 */
#include "daemon/machine/block.h"
#include "daemon/operation/online/online.h"

#include <errno.h>
#include <string.h>

int online_next(void *userdata)
{
        const struct online *online = userdata;

        return steps_next(&online->change.steps) ? ONLINE_EVENT_BLOCK : ONLINE_EVENT_ALL;
}

int online_block(void *userdata)
{
        struct online *online = userdata;
        struct change *change = &online->change;

        online_tell(online);
        block_write_start(change->write, steps_next(&change->steps)->block,
                          change->zone == ONLINE_KERNEL ? WRITE_ONLINE_KERNEL : WRITE_ONLINE_MOVABLE, 0);
        return COURSE_LATER;
}

int online_stop_write(void *userdata)
{
        struct online *online = userdata;

        block_write_abort(online->change.write);
        return COURSE_LATER;
}

static bool on_mark(void *userdata, enum journal_mark mark, uint32_t block)
{
        struct online *online = userdata;

        return change_mark(&online->change, mark, block);
}

/* What a block waits for is a stage; being brought online is none. */
static void on_stage(void *userdata, enum block_write_stage stage)
{
        struct online *online = userdata;

        job_set_stage(online->change.job, stage == WRITE_WAITING ? STAGE_WAITING : STAGE_NONE);
        online_tell(online);
}

static void on_progress(void *userdata)
{
        online_tell(userdata);
}

static void came(struct online *online)
{
        struct change *change = &online->change;

        job_record(change->job, steps_next(&change->steps)->block, RECORD_DONE);
        change->steps.n_done++;
        job_set_stage(change->job, STAGE_NONE);
        online_tell(online);
}

static void failed(struct online *online, int error)
{
        struct change *change = &online->change;
        struct reason reason = { .code = REASON_BLOCK_FAILED, .block = steps_next(&change->steps)->block };

        job_record(change->job, reason.block, RECORD_FAILED);
        change_end_as(change, JOB_RESULT_FAILED);
        if (error == -ECANCELED)
                return; /* for want of a journal, which has been said */
        if (error == -ESTALE || error == BLOCK_WRITE_UNDONE)
                reason.code = REASON_BLOCK_CHANGED;
        else
                reason.text = (char *) (error == -ETIMEDOUT ? "the kernel is kept busy with other memory" :
                                                              strerror(-error));
        job_reason(change->job, &reason);
}

static void on_written(void *userdata, int error)
{
        struct online *online = userdata;

        if (error == 0)
                came(online);
        else if (online->course.state != ONLINE_STOP)
                failed(online, error);
        online_post(online, error == 0 ? ONLINE_EVENT_CAME : ONLINE_EVENT_FAILED);
}

const struct block_write_owner online_write_owner = { on_mark, on_stage, on_progress, on_written };

/* Others may have changed a block behind our back: done must be true. */
int online_check(void *userdata)
{
        struct online *online = userdata;
        struct change *change = &online->change;
        bool good = true;

        for (size_t i = 0; i < change->steps.n_done; i++) {
                const struct reason reason = { .code = REASON_BLOCK_CHANGED,
                                               .block = change->steps.items[i].block };

                if (block_read_state(change->machine->tree, reason.block) == BLOCK_ONLINE)
                        continue;
                job_reason(change->job, &reason);
                good = false;
        }
        if (!good)
                change_end_as(change, JOB_RESULT_FAILED);
        return good ? ONLINE_EVENT_DONE : ONLINE_EVENT_FAILED;
}
