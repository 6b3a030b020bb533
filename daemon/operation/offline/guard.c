/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/offline/guard.h"

#include "daemon/core/crash.h"
#include "daemon/module/fence_watch.h"
#include "daemon/module/lease.h"
#include "daemon/module/module.h"
#include "daemon/operation/offline/fencing.h"
#include "daemon/pages/usage.h"
#include "daemon/query/offline_planner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct guard {
        struct machine *machine;
        struct guard_request request;
        const struct guard_owner *owner;
        void *userdata;
        struct lease_keeper *lease;      /* NULL: none is to be had */
        bool leasing;                    /* the first is being taken */
        bool raises_then;                /* and the fence waits for that */
        struct fencing *fencing;         /* NULL: no fence stands */
        struct fence_watch *watch;       /* while one stands, where that can be watched */
        struct offline_planner *planner; /* while it is judged whether the rest has room without one */
        sd_event_source *tick;           /* raised(), where nothing had to be waited for */
        struct block_set blocks;         /* around which it was raised */
        bool raising;                    /* it is being filled, or what comes of its fall is being judged */
        bool stood;                      /* one stood, and did not fall by itself */
        bool has_fallen;
        int cause; /* enum memctl_fence_cause, told while one was wanted; -1: none fell */
        uint64_t evacuated;              /* pages */
};

static void note(struct guard *guard, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(struct guard *guard, const char *format, ...)
{
        char text[512];
        va_list list;

        va_start(list, format);
        (void) vsnprintf(text, sizeof(text), format, list);
        va_end(list);
        guard->owner->note(guard->userdata, text);
}

/* Without a lease it comes through all the same: a refusal is no error, nor is it news where there is no
 * module. */
static void no_lease(const struct guard *guard, int error, const char *message)
{
        static bool complained;

        if (complained || !module_is_loaded(guard->machine->tree))
                return;
        complained = true;
        (void) fprintf(stderr, "memctld: memory goes offline with the LRU caches on: %s\n",
                       message ? message : strerror(-error));
}

static void raise_or_go_on(struct guard *guard);

static void on_first_lease(void *userdata, int error, const char *message)
{
        struct guard *guard = userdata;
        bool raises = guard->raises_then;

        guard->leasing = guard->raises_then = false;
        if (error < 0) {
                no_lease(guard, error, message);
                guard->lease = lease_keeper_free(guard->lease);
        }
        if (raises)
                raise_or_go_on(guard);
}

/* What is in a CPU's LRU cache does not migrate, and makes the kernel try again and again. */
void guard_hold_caches(struct guard *guard, bool hold)
{
        _cleanup_free_ char *message = NULL;
        int r;

        guard->lease = lease_keeper_free(guard->lease);
        guard->leasing = false;
        if (!hold)
                return;
        r = lease_keeper_new(guard->machine->event, guard->machine->tree, on_first_lease, guard,
                             &guard->lease, &message);
        guard->leasing = r >= 0;
        if (r < 0)
                no_lease(guard, r, message);
}

static void drop_fence(struct guard *guard)
{
        guard->watch = fence_watch_free(guard->watch);
        guard->fencing = fencing_free(guard->fencing);
}

/* With the fence, or without. */
static void go_on(struct guard *guard)
{
        if (!guard->raising)
                return; /* blocks are going offline already */
        guard->raising = false;
        guard->owner->raised(guard->userdata);
}

static void on_fencing(void *userdata)
{
        struct guard *guard = userdata;

        crash_at(CRASH_FENCING);
        guard->evacuated = fencing_evacuated(guard->fencing);
        guard->owner->progress(guard->userdata, fencing_is_waiting(guard->fencing));
}

/* What does not fit now will not fit when its block goes: there is no use in trying that for long. */
static void no_room(struct guard *guard)
{
        struct reason reason = { .code = REASON_NOT_ENOUGH_MEMORY, .block = REASON_NO_BLOCK };
        struct memory_room room = { 0 };

        memory_room_read(guard->machine->tree, &room);
        reason.needed_bytes = guard->request.plan->needed_bytes;
        reason.available_bytes = room.available_bytes;
        guard->owner->no_room(guard->userdata, &reason);
}

static void on_judged(void *userdata, int error, struct offline_plan *plan)
{
        struct guard *guard = userdata;
        struct offline_plan mine = *plan;

        *plan = (struct offline_plan){ 0 };
        guard->planner = offline_planner_free(guard->planner);
        for (size_t i = 0; error >= 0 && mine.refused && i < mine.reasons.n_items; i++)
                if (mine.reasons.items[i].code == REASON_NOT_ENOUGH_MEMORY) {
                        guard->raising = false;
                        guard->owner->no_room(guard->userdata, &mine.reasons.items[i]);
                        offline_plan_clear(&mine);
                        return;
                }
        offline_plan_clear(&mine);
        go_on(guard);
}

/* Memory was short, or is held no more: whether the rest still fits elsewhere. */
static void judge_again(struct guard *guard)
{
        _cleanup_(block_set_clear) struct block_set blocks = { 0 };
        struct offline_options options = guard->request.options;
        int r;

        options.force = true; /* what else may keep a block has been judged */
        guard->planner = offline_planner_free(guard->planner);
        r = guard->owner->left(guard->userdata, &blocks);
        if (r >= 0)
                r = offline_planner_new(guard->machine, &blocks, NULL, &options, on_judged, guard,
                                        &guard->planner);
        if (r < 0)
                go_on(guard);
}

static void lost(struct guard *guard, const char *why)
{
        guard->stood = false;
        guard->has_fallen = true;
        drop_fence(guard);
        note(guard, "the fence fell, so pages may move more than once: %s", why);
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
        struct guard *guard = userdata;

        crash_at(CRASH_FENCED);
        switch (error) {
        case 0:
                guard->stood = true;
                if (fencing_refusal(guard->fencing))
                        note(guard, "drivers' pages move in smaller rounds, among all others: %s",
                             fencing_refusal(guard->fencing));
                go_on(guard);
                break;
        case -ENOMEM:
                guard->raising = false;
                no_room(guard);
                break;
        case -ENOENT: /* it fell */
        case -EIO:    /* its process died */
                lost(guard, cause_text(error == -EIO ? MEMCTL_FENCE_CLOSED : guard->cause));
                judge_again(guard);
                break;
        default:
                note(guard, "no fence stands, so pages may move more than once: %s",
                     message ? message : strerror(-error));
                drop_fence(guard);
                go_on(guard);
        }
}

static uint64_t block_pages(const struct guard *guard)
{
        return monitor_block_size(guard->machine->monitor) / (uint64_t) sysconf(_SC_PAGESIZE);
}

static bool is_ours(const struct guard *guard, const struct fence_state *fence)
{
        uint32_t block = (uint32_t) (fence->start / block_pages(guard));
        const struct block_set one = { .numbers = &block, .n_numbers = 1 };
        uint32_t shared;

        return block_set_share(&guard->blocks, &one, &shared);
}

static void on_fell(void *userdata, const struct fence_state *fence, enum memctl_fence_cause cause)
{
        struct guard *guard = userdata;

        if (!guard->fencing || !is_ours(guard, fence))
                return;
        guard->cause = (int) cause;
        if (guard->raising)
                return; /* the next answer of its process says so, too */
        lost(guard, cause_text(guard->cause));
        if (cause == MEMCTL_FENCE_OUT_OF_MEMORY)
                judge_again(guard);
}

static int raise_fence(struct guard *guard)
{
        const struct fencing_request request = {
                .blocks = &guard->blocks,
                .block_pages = block_pages(guard),
                .take = guard->request.plan->take,
                .n_take = guard->request.plan->n_take,
                .max_pause_usec = guard->request.options.max_pause_usec,
                .rate = guard->request.options.rate,
                .page_size = (uint64_t) sysconf(_SC_PAGESIZE),
                .node_cgroup = guard->request.node_cgroup,
        };
        int r;

        block_set_clear(&guard->blocks);
        r = guard->owner->left(guard->userdata, &guard->blocks);
        if (r < 0)
                return r;
        /* unwatched, it falls unseen, and all comes right without it */
        (void) fence_watch_new(guard->machine->event, guard->machine->tree, on_fell, guard, &guard->watch);
        return fencing_new(guard->machine, &request, on_fencing, on_fenced, guard, &guard->fencing);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct guard *guard = userdata;

        (void) source, (void) usec;

        guard->tick = sd_event_source_disable_unref(guard->tick);
        go_on(guard);
        return 0;
}

static void raise_or_go_on(struct guard *guard)
{
        int r;

        r = raise_fence(guard);
        if (r >= 0)
                return;
        drop_fence(guard);
        note(guard, "no fence stands, so pages may move more than once: %s", strerror(-r));
        if (machine_after(guard->machine, 0, on_tick, guard, &guard->tick) < 0)
                go_on(guard);
}

void guard_raise(struct guard *guard)
{
        guard->raising = true;
        guard->raises_then = guard->leasing; /* it moves what is in the caches */
        if (!guard->raises_then)
                raise_or_go_on(guard);
}

int guard_new(struct machine *machine, const struct guard_request *request, const struct guard_owner *owner,
              void *userdata, struct guard **ret)
{
        struct guard *guard = calloc(1, sizeof(*guard));

        if (!guard)
                return -ENOMEM;
        guard->machine = machine;
        guard->request = *request;
        guard->owner = owner;
        guard->userdata = userdata;
        guard->cause = -1;
        *ret = guard;
        return 0;
}

struct guard *guard_free(struct guard *guard)
{
        if (!guard)
                return NULL;

        offline_planner_free(guard->planner);
        lease_keeper_free(guard->lease);
        drop_fence(guard);
        sd_event_source_disable_unref(guard->tick);
        block_set_clear(&guard->blocks);
        free(guard);
        return NULL;
}

uint64_t guard_held(const struct guard *guard)
{
        return guard->fencing ? fencing_held(guard->fencing) : 0;
}

uint64_t guard_evacuated(const struct guard *guard)
{
        return guard->evacuated;
}

bool guard_stood(const struct guard *guard)
{
        return guard->stood;
}

bool guard_fell(const struct guard *guard)
{
        return guard->has_fallen;
}
