/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is held while blocks go offline: a lease on the LRU caches, and the fence. Both help and neither is
 * needed: where one is not to be had, or falls, the job goes on without, as long as there is room for what
 * is to move.
 */
#include "daemon/core/crash.h"
#include "daemon/job/internal.h"
#include "daemon/module/fence_watch.h"
#include "daemon/module/module.h"
#include "daemon/pages/usage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * What is in a CPU's LRU cache does not migrate, and makes the kernel try again and again. Without a lease
 * it comes through all the same, so a refusal is no error; nor is it news where there is no module.
 */
void guard_caches(struct job *job, bool hold)
{
        static bool complained;
        _cleanup_free_ char *message = NULL;
        int r;

        job->lease = lease_keeper_free(job->lease);
        if (!hold)
                return;
        r = lease_keeper_new(job->machine->event, job->machine->tree, &job->lease, &message);
        if (r >= 0 || complained || !module_is_loaded(job->machine->tree))
                return;
        complained = true;
        (void) fprintf(stderr, "memctld: memory goes offline with the LRU caches on: %s\n",
                       message ? message : strerror(-r));
}

void guard_drop(struct job *job)
{
        job->raising = false;
        job->planner = offline_planner_free(job->planner);
        job->lease = lease_keeper_free(job->lease);
        job->watch = fence_watch_free(job->watch);
        job->fencing = fencing_free(job->fencing);
}

static void on_fencing(void *userdata)
{
        struct job *job = userdata;

        crash_at(CRASH_FENCING);
        job->evacuated = fencing_evacuated(job->fencing);
        job_update_migrated(job);
        job_set_stage(job, fencing_is_waiting(job->fencing) ? STAGE_WAITING : STAGE_FENCING);
        job_notify(job);
}

/* What does not fit now will not fit when its block goes: there is no use in trying that for long. */
static void no_room(struct job *job)
{
        struct reason reason = { .code = REASON_NOT_ENOUGH_MEMORY, .block = REASON_NO_BLOCK };
        struct memory_room room;

        memory_room_read(job->machine->tree, &room);
        reason.needed_bytes = job->plan.needed_bytes;
        reason.available_bytes = room.available_bytes;
        job_reason(job, &reason);
        forward_end(job, JOB_RESULT_FAILED);
}

/* With the fence, or without. */
static void go_on(struct job *job)
{
        if (!job->raising)
                return; /* blocks are going offline already */
        job->raising = false;
        forward_next(job);
}

static void on_judged(void *userdata, int error, struct offline_plan *plan)
{
        struct job *job = userdata;
        bool fits = true;

        job->planner = offline_planner_free(job->planner);
        for (size_t i = 0; error >= 0 && plan->refused && i < plan->reasons.n_items; i++)
                if (plan->reasons.items[i].code == REASON_NOT_ENOUGH_MEMORY) {
                        job_reason(job, &plan->reasons.items[i]);
                        fits = false;
                }
        offline_plan_clear(plan);
        if (fits) {
                go_on(job);
                return;
        }
        if (job->result != JOB_RESULT_NONE)
                return; /* it is ending already */
        job->result = JOB_RESULT_FAILED;
        forward_abort(job);
}

static int compare_numbers(const void *a, const void *b)
{
        const uint32_t *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

static int list_blocks(const struct job *job, struct block_set *ret)
{
        ret->numbers = calloc(job->n_steps, sizeof(*ret->numbers));
        if (!ret->numbers)
                return -ENOMEM;
        for (size_t i = job->n_done; i < job->n_steps - job->n_given_up; i++)
                ret->numbers[ret->n_numbers++] = job->steps[i].block;
        qsort(ret->numbers, ret->n_numbers, sizeof(*ret->numbers), compare_numbers);
        return 0;
}

/* Memory was short, or is held no more: whether the rest still fits elsewhere. */
static void judge_again(struct job *job)
{
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        struct offline_options options = job->options;
        int r;

        options.force = true; /* what else may keep a block has been judged */
        job->planner = offline_planner_free(job->planner);
        r = list_blocks(job, &blocks);
        if (r >= 0)
                r = offline_planner_new(job->machine, &blocks, NULL, &options, on_judged, job, &job->planner);
        if (r < 0)
                go_on(job);
}

static void lost(struct job *job, const char *why)
{
        job->fenced = false;
        job->slowed = true;
        job->watch = fence_watch_free(job->watch);
        job->fencing = fencing_free(job->fencing);
        job_note(job, "the fence fell, so pages may move more than once: %s", why);
}

static const char *cause_text(int cause)
{
        switch (cause) {
        case MEMCTL_FENCE_OUT_OF_MEMORY:
                return "the kernel was out of memory";
        case MEMCTL_FENCE_CLOSED:
                return "its process was killed";
        default:
                return "the kernel does not say why";
        }
}

static void on_fenced(void *userdata, int error, const char *message)
{
        struct job *job = userdata;

        crash_at(CRASH_FENCED);
        switch (error) {
        case 0:
                job->fenced = true;
                if (fencing_refusal(job->fencing))
                        job_note(job, "drivers' pages move in smaller rounds, among all others: %s",
                                 fencing_refusal(job->fencing));
                go_on(job);
                break;
        case -ENOMEM:
                no_room(job);
                break;
        case -ENOENT: /* it fell */
        case -EIO:    /* its process died */
                lost(job, cause_text(error == -EIO ? MEMCTL_FENCE_CLOSED : job->fell));
                judge_again(job);
                break;
        default:
                job->watch = fence_watch_free(job->watch);
                job->fencing = fencing_free(job->fencing);
                job_note(job, "no fence stands, so pages may move more than once: %s",
                         message ? message : strerror(-error));
                go_on(job);
        }
}

static bool is_ours(const struct job *job, const struct fence_state *fence)
{
        uint64_t pages = monitor_block_size(job->machine->monitor) / (uint64_t) sysconf(_SC_PAGESIZE);

        for (size_t i = 0; i < job->n_steps; i++)
                if (job->steps[i].block == fence->start / pages)
                        return true;
        return false;
}

static void on_fell(void *userdata, const struct fence_state *fence, enum memctl_fence_cause cause)
{
        struct job *job = userdata;

        if (!job->fencing || !is_ours(job, fence))
                return;
        job->fell = (int) cause;
        if (job->raising)
                return; /* the next answer of its process says so, too */
        lost(job, cause_text(job->fell));
        if (cause == MEMCTL_FENCE_OUT_OF_MEMORY)
                judge_again(job);
}

static int raise_fence(struct job *job)
{
        uint64_t page_size = (uint64_t) sysconf(_SC_PAGESIZE);
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        const struct fencing_request request = {
                .blocks = &blocks,
                .block_pages = monitor_block_size(job->machine->monitor) / page_size,
                .take = job->plan.take,
                .n_take = job->plan.n_take,
                .max_pause_usec = job->options.max_pause_usec,
                .rate = job->options.rate,
                .page_size = page_size,
                .node_cgroup = job->node_cgroup,
        };
        int r;

        r = list_blocks(job, &blocks);
        if (r < 0)
                return r;
        /* unwatched, it falls unseen, and all comes right without it */
        (void) fence_watch_new(job->machine->event, job->machine->tree, on_fell, job, &job->watch);
        return fencing_new(job->machine, &request, on_fencing, on_fenced, job, &job->fencing);
}

bool guard_is_due(const struct job *job)
{
        return job_is_offline(job) && job->plan.fence && !job->fence_tried &&
               !job->steps[job->n_done].unfenced;
}

void guard_raise(struct job *job)
{
        int r;

        job->fence_tried = true;
        job->raising = true;
        job_set_stage(job, STAGE_FENCING);
        r = raise_fence(job);
        if (r < 0) {
                job->watch = fence_watch_free(job->watch);
                job_note(job, "no fence stands, so pages may move more than once: %s", strerror(-r));
                go_on(job);
        }
}

void guard_start(struct job *job)
{
        guard_caches(job, true);
        crash_at(CRASH_LEASE);
        forward_next(job);
}
