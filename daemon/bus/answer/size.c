/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.OfflineSize: the job is there when its blocks have been picked, which means to look at many.
 */
#include "daemon/bus/answer/size.h"

#include "daemon/bus/answer/argument.h"
#include "daemon/bus/caller/job_owner.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/options.h"
#include "daemon/bus/value/paths.h"
#include "daemon/plan/size.h"
#include "daemon/query/pick.h"

#include <errno.h>
#include <inttypes.h>

/* What is waited for: with it goes what the job is to be. */
struct sizing {
        struct pending *pending; /* the owner */
        struct pick_task *task;
        struct operation_request request;
        char *target;
};

static void free_sizing(void *userdata)
{
        struct sizing *sizing = userdata;

        pick_task_free(sizing->task);
        free(sizing->target);
        free(sizing);
}

static int append_path(sd_bus_message *reply, const void *path)
{
        return sd_bus_message_append(reply, "o", path);
}

static void on_picked(void *userdata, int error, const char *why, struct block_set *blocks)
{
        struct sizing *sizing = userdata;
        _cleanup_(pending_freep) struct pending *pending = sizing->pending;
        _cleanup_free_ char *message = NULL, *path = NULL;
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        struct job *job;

        sizing->request.blocks = blocks;
        if (error >= 0 && pending->server->stopping)
                error = -EBUSY;
        if (error >= 0)
                error = job_owner_start(pending->server, pending->call, &sizing->request, &job, &message,
                                        &bus_error);
        if (error >= 0) {
                path = bus_job_path(job->id);
                error = path ? 0 : -ENOMEM;
        }
        if (sd_bus_error_is_set(&bus_error)) {
                error = -EBUSY;
                why = bus_error.message;
        }
        pending_answer(pending, error, message ? message : why, append_path, path);
        sd_bus_error_free(&bus_error);
}

/* What a job works on is taken by nobody else. */
static void leave_out_busy(struct server *server, struct block_set *blocks)
{
        size_t kept = 0;

        for (size_t i = 0; i < blocks->n_numbers; i++)
                if (!operation_has_block(server->registry, server->machine, blocks->numbers[i]))
                        blocks->numbers[kept++] = blocks->numbers[i];
        blocks->n_numbers = kept;
}

static int start(struct server *server, sd_bus_message *m, const struct block_set *candidates, uint64_t size,
                 const struct operation_request *request, sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct sizing *sizing;
        int r;

        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        sizing = calloc(1, sizeof(*sizing));
        if (!sizing)
                return -ENOMEM;
        sizing->request = *request;
        if (asprintf(&sizing->target, "%" PRIu64 " bytes", size) < 0)
                sizing->target = NULL;
        sizing->request.target = sizing->target;
        r = sizing->target ? pick_task_new(server->machine, candidates, size, &request->options, on_picked,
                                           sizing, &sizing->task)
                           : -ENOMEM;
        if (r < 0) {
                free_sizing(sizing);
                return r;
        }
        sizing->pending = pending;
        return pending_wait(TAKE_PTR(pending), sizing, free_sizing); /* on_picked() frees it */
}

int bus_offline_size(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_(block_set_clear) struct block_set candidates = { 0 };
        struct operation_request request = { .verb = JOB_BLOCK_OFFLINE };
        _cleanup_free_ char *message = NULL;
        uint64_t size;
        int32_t node;
        int r;

        r = sd_bus_message_read(m, "ti", &size, &node);
        if (r >= 0)
                r = request_read_options(m, OPTIONS_OFFLINE, &request, error);
        if (r < 0)
                return r;
        if (server->stopping)
                return request_fail(error, -EBUSY, "memctld is stopping");
        r = bus_check_hotplug(server, error);
        if (r < 0)
                return r;
        r = size_candidates(server_snapshot(server), size, node, request.options.force, &candidates,
                            &message);
        if (r < 0)
                return request_fail(error, r, message);
        leave_out_busy(server, &candidates);
        return start(server, m, &candidates, size, &request, error);
}
