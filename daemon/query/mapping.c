/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/mapping.h"
#include "basic/clock.h"

#include <errno.h>

/* A process into whose address space nobody can look for so long is passed over. */
#define STALL_USEC UINT64_C(1000000)

struct mapping_task {
        struct machine *machine;
        struct mapper *mapper;
        uint64_t deadline; /* CLOCK_MONOTONIC, microseconds */
        struct helper *helper;
        mapping_done_t done;
        void *userdata;
};

/* In the helper: tells of all that was found before it looks into the next process, for it may be the last.
 */
static int work(void *userdata, struct packet *answer, char **message)
{
        struct mapping_task *task = userdata;
        size_t told = mapper_found(task->mapper);
        bool complete = false;
        uint32_t pid;
        int r;

        (void) message;

        while ((r = mapper_next(task->mapper, &pid)) > 0 && clock_usec(CLOCK_MONOTONIC) < task->deadline) {
                helper_gets_on(pid);
                (void) mapper_step(task->mapper);
                if (mapper_found(task->mapper) == told)
                        continue;
                told = mapper_found(task->mapper);
                packet_clear(answer);
                packet_put(answer, &complete, sizeof(complete));
                mapper_put(task->mapper, answer);
                r = helper_tell(answer);
                if (r < 0)
                        return r;
        }
        complete = r == 0 && mapper_saw_all(task->mapper);
        packet_clear(answer);
        packet_put(answer, &complete, sizeof(complete));
        mapper_put(task->mapper, answer);
        return 0;
}

static int start(struct mapping_task *task);

static void on_done(void *userdata, const struct helper_result *result)
{
        struct mapping_task *task = userdata;
        bool complete = false;

        task->helper = helper_free(task->helper);
        if (result->answer) {
                packet_get(result->answer, &complete, sizeof(complete));
                if (mapper_get(task->mapper, result->answer) < 0)
                        complete = false;
        }
        if (result->error == -ETIMEDOUT && result->step > 0) {
                mapper_skip(task->mapper, (uint32_t) result->step);
                if (machine_now(task->machine) < task->deadline && start(task) >= 0)
                        return;
        }
        task->done(task->userdata, task->mapper, result->error >= 0 && complete);
}

static int start(struct mapping_task *task)
{
        uint64_t now = machine_now(task->machine), left = now < task->deadline ? task->deadline - now : 1;
        const struct machine_work mapping_work = {
                .name = "memctld-mapper",
                .work = work,
                .stall_usec = left < STALL_USEC ? left : STALL_USEC,
        };

        return machine_help(task->machine, &mapping_work, task, on_done, task, &task->helper);
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
                r = start(task);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

struct mapping_task *mapping_task_free(struct mapping_task *task)
{
        if (!task)
                return NULL;

        helper_free(task->helper);
        mapper_free(task->mapper);
        free(task);
        return NULL;
}
