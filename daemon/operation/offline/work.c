/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/offline/work.h"

#include "daemon/operation/offline/offline.h"

#include <errno.h>

static int start(struct job *job)
{
        struct offline *offline = job->work;
        struct change *change = &offline->change;
        int r;

        change->job = job;
        r = change_make_parts(change, &offline_write_owner, &offline_back_owner, offline);
        if (r >= 0 && change->found)
                r = offline_await_workers(offline);
        if (r >= 0)
                course_begin(&offline->course, &offline_course, offline,
                             change->found ? OFFLINE_RECOVER : OFFLINE_PLAN);
        return r;
}

static void stop(struct job *job, enum job_result why)
{
        struct offline *offline = job->work;

        change_stop(&offline->change, why);
        offline_post(offline, OFFLINE_EVENT_STOP);
}

static void free_work(void *work)
{
        struct offline *offline = work;

        offline_planner_free(offline->planner);
        stuck_free(offline->stuck);
        eject_free(offline->eject);
        guard_free(offline->guard);
        change_clear(&offline->change);
        placing_free(offline->placing);
        placing_end(offline->node_cgroup);
        offline_plan_clear(&offline->plan);
        free(offline);
}

const struct job_operation offline_operation = { .start = start, .stop = stop, .free = free_work };

int offline_new(struct machine *machine, const struct operation_request *request,
                struct journal_found *found, bool go_on, void **ret)
{
        struct offline *offline = calloc(1, sizeof(*offline));
        int r;

        if (!offline)
                return -ENOMEM;
        offline->plan.to_node = NODE_NONE;
        r = change_init(&offline->change, machine, request, found, go_on);
        if (r < 0) {
                free_work(offline);
                return r;
        }
        *ret = offline;
        return 0;
}
