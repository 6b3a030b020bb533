/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/cold.h"

#include "daemon/query/cold_look.h"
#include "daemon/query/damon.h"

#include <errno.h>

/* Less cold cache than that is not watched. */
#define WORTH_BYTES (UINT64_C(32) << 20)

struct cold_task {
        struct cold_request request;
        struct helper *helper;
        cold_done_t done;
        void *userdata;
};

bool cold_is_worth_watching(const struct cold *cold)
{
        return cold->watcher != COLD_NONE &&
               cold_pages(cold) >= WORTH_BYTES / (uint64_t) sysconf(_SC_PAGESIZE);
}

static int work(void *userdata, struct packet *answer, char **message)
{
        struct cold cold = { 0 };
        int r;

        (void) message;

        r = cold_look(userdata, &cold);
        if (r < 0)
                return r;
        packet_put_u64(answer, cold.source);
        packet_put_u64(answer, cold.watcher);
        packet_put_array(answer, cold.blocks, cold.n_blocks, sizeof(*cold.blocks));
        packet_put_string(answer, cold.note);
        cold_clear(&cold);
        return 0;
}

static void undo(void *userdata)
{
        const struct cold_request *request = userdata;

        damon_clear_left(request->tree);
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct packet_reader *answer = result->answer;
        struct cold_task *task = userdata;
        struct cold cold = { 0 };
        int r = result->error;

        if (r >= 0) {
                cold.source = (enum cold_source) packet_get_u64(answer);
                cold.watcher = (enum cold_source) packet_get_u64(answer);
                cold.blocks = packet_get_array(answer, sizeof(*cold.blocks), &cold.n_blocks);
                cold.note = packet_get_string(answer);
                r = answer->error;
        }
        if (r < 0)
                cold_clear(&cold);
        task->done(task->userdata, r, &cold);
}

int cold_task_new(struct machine *machine, const struct block_set *blocks, enum cache_mode mode,
                  const struct cold *watch, cold_done_t done, void *userdata, struct cold_task **ret)
{
        _cleanup_(cold_task_freep) struct cold_task *task = NULL;
        const struct machine_work cold_work = {
                .name = "memctld-cold",
                .work = work,
                .undo = watch && watch->watcher == COLD_DAMON ? undo : NULL,
        };
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->request.tree = machine->tree;
        task->request.block_size = monitor_block_size(machine->monitor);
        task->request.mode = mode;
        task->request.watch = watch; /* the helper has a copy */
        task->done = done;
        task->userdata = userdata;
        r = block_set_copy(blocks, &task->request.blocks);
        if (r >= 0)
                r = machine_help(machine, &cold_work, &task->request, on_done, task, &task->helper);
        task->request.watch = NULL;
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

struct cold_task *cold_task_free(struct cold_task *task)
{
        if (!task)
                return NULL;

        helper_free(task->helper);
        block_set_clear(&task->request.blocks);
        free(task);
        return NULL;
}
