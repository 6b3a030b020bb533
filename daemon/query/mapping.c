/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/mapping.h"

#include <errno.h>

struct mapping_task {
        struct machine *machine;
        struct mapper *mapper;
        uint64_t deadline; /* CLOCK_MONOTONIC, microseconds */
        mapping_done_t done;
        void *userdata;
        sd_event_source *idle;
};

static int on_idle(sd_event_source *source, void *userdata)
{
        struct mapping_task *task = userdata;
        bool more = mapper_step(task->mapper) > 0;

        if (more && machine_now(task->machine) < task->deadline)
                return 0;
        (void) sd_event_source_set_enabled(source, SD_EVENT_OFF);
        task->done(task->userdata, task->mapper, !more && mapper_saw_all(task->mapper));
        return 0;
}

int mapping_task_new(struct machine *machine, const struct mapper_target *targets, size_t n_targets,
                     uint64_t usec, mapping_done_t done, void *userdata, struct mapping_task **ret)
{
        _cleanup_(mapping_task_freep) struct mapping_task *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->deadline = machine_now(machine) + usec;
        task->done = done;
        task->userdata = userdata;
        r = mapper_new(machine->tree, targets, n_targets, &task->mapper);
        if (r >= 0)
                r = machine_when_idle(machine, on_idle, task, &task->idle);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

struct mapping_task *mapping_task_free(struct mapping_task *task)
{
        if (!task)
                return NULL;

        sd_event_source_disable_unref(task->idle);
        mapper_free(task->mapper);
        free(task);
        return NULL;
}
