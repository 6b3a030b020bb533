/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ends: what was asked is not reached, and what came is put back; or all is done.
 */
#include "daemon/operation/online/online.h"

int online_leave(void *userdata)
{
        const struct online *online = userdata;

        return online->change.journal ? ONLINE_EVENT_GO_BACK : ONLINE_EVENT_NOTHING;
}

int online_back(void *userdata)
{
        struct online *online = userdata;

        change_go_back(&online->change);
        return put_back_start(online->change.back) ? COURSE_LATER : ONLINE_EVENT_DONE;
}

static bool on_mark(void *userdata, enum journal_mark mark, uint32_t block)
{
        struct online *online = userdata;

        return change_mark(&online->change, mark, block);
}

static void on_progress(void *userdata)
{
        online_tell(userdata);
}

static void on_record(void *userdata, uint32_t block, bool back)
{
        const struct online *online = userdata;

        job_record(online->change.job, block, back ? RECORD_ROLLED_BACK : RECORD_FAILED);
}

static void on_reason(void *userdata, const struct reason *reason)
{
        const struct online *online = userdata;

        job_reason(online->change.job, reason);
}

static void on_note(void *userdata, const char *text)
{
        const struct online *online = userdata;

        job_note(online->change.job, "%s", text);
}

static void on_back(void *userdata)
{
        online_post(userdata, ONLINE_EVENT_DONE);
}

const struct put_back_owner online_back_owner = { on_mark,   on_progress, on_record,
                                                  on_reason, on_note,     on_back };

int online_end(void *userdata)
{
        struct online *online = userdata;

        job_count_migrated(online->change.job, 0);
        change_end_journal(&online->change);
        change_finish(&online->change);
        return COURSE_LATER;
}
