/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/online/work.h"

#include "daemon/operation/online/online.h"

#include <errno.h>

static int start(struct job *job)
{
        struct online *online = job->work;
        struct change *change = &online->change;
        int r;

        change->job = job;
        r = change_make_parts(change, &online_write_owner, &online_back_owner, online);
        if (r >= 0 && change->found)
                r = online_await_workers(online);
        if (r >= 0)
                course_begin(&online->course, &online_course, online,
                             change->found ? ONLINE_RECOVER : ONLINE_PLAN);
        return r;
}

static void stop(struct job *job, enum job_result why)
{
        struct online *online = job->work;

        change_stop(&online->change, why);
        online_post(online, ONLINE_EVENT_STOP);
}

static void free_work(void *work)
{
        struct online *online = work;

        change_clear(&online->change);
        free(online);
}

const struct job_operation online_operation = { .start = start, .stop = stop, .free = free_work };

int online_new(struct machine *machine, const struct operation_request *request, struct journal_found *found,
               bool go_on, void **ret)
{
        struct online *online = calloc(1, sizeof(*online));
        int r;

        if (!online)
                return -ENOMEM;
        r = change_init(&online->change, machine, request, found, go_on);
        if (r < 0) {
                free_work(online);
                return r;
        }
        *ret = online;
        return 0;
}
