/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/take.h"

#include "basic/saturated.h"
#include "daemon/plan/fit.h"
#include "daemon/plan/target.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* Pages in use that go with the others of a page block: one in so many. */
#define HOT_SHARE 8

#define MIB (UINT64_C(1) << 20)

bool take_drops(enum cache_mode mode, const struct cold_block *block)
{
        uint64_t cold = block->cold, hot = block->hot, mapped = block->mapped,
                 most = (cold + hot + mapped) / HOT_SHARE;

        switch (mode) {
        case CACHE_DROP:
                return cold + hot > 0 && mapped <= most;
        case CACHE_AUTO:
                return cold > 0 && hot + mapped <= most;
        default:
                return false;
        }
}

/* Blocks that follow one another make one range. */
static int add_range(struct offline_plan *plan, uint64_t start, uint64_t end)
{
        struct pfn_range *last = plan->n_take ? &plan->take[plan->n_take - 1] : NULL, *take;

        if (start >= end)
                return 0;
        if (last && last->end == start) {
                last->end = end;
                return 0;
        }
        /* by doubling, whenever the number is a power of two */
        if ((plan->n_take & (plan->n_take - 1)) == 0) {
                take = reallocarray(plan->take, plan->n_take ? 2 * plan->n_take : 1, sizeof(*take));
                if (!take)
                        return -ENOMEM;
                plan->take = take;
        }
        plan->take[plan->n_take++] = (struct pfn_range){ .start = start, .end = end };
        return 0;
}

/* One memory block: its page blocks with cache one by one, what is between them by take_used. */
static int take_block(const struct cold *cold, size_t *at, uint64_t start, uint64_t end,
                      enum cache_mode mode, struct offline_plan *plan, uint64_t *dropped, uint64_t *kept)
{
        int r = 0;

        for (; r >= 0 && cold && *at < cold->n_blocks && cold->blocks[*at].pfn < end; (*at)++) {
                const struct cold_block *block = &cold->blocks[*at];
                uint64_t pages = block->cold + (uint64_t) block->hot + block->mapped;
                bool drop = plan->drop_all || take_drops(mode, block);

                if (block->pfn < start)
                        continue;
                if (plan->take_used)
                        r = add_range(plan, start, block->pfn);
                if (r >= 0 && drop)
                        r = add_range(plan, block->pfn, block->pfn + COLD_PAGES_EACH);
                *(drop ? dropped : kept) += pages;
                start = block->pfn + COLD_PAGES_EACH;
        }
        return r >= 0 && plan->take_used ? add_range(plan, start, end) : r;
}

static int take_all(const struct snapshot *snapshot, const struct offline_request *request,
                    enum cache_mode mode, struct offline_plan *plan)
{
        uint64_t pages = snapshot->block_size / request->page_size, dropped = 0, kept = 0;
        size_t at = 0;
        int r = 0;

        plan->n_take = 0;
        for (size_t i = 0; r >= 0 && i < plan->n_steps; i++) {
                uint64_t start = plan->steps[i].block * pages;

                r = take_block(request->cold, &at, start, start + pages, mode, plan, &dropped, &kept);
        }
        plan->cache = mode;
        plan->cache_known = !!request->cold;
        plan->drop_bytes = multiply_saturated(dropped, request->page_size);
        plan->keep_bytes = multiply_saturated(kept, request->page_size);
        return r;
}

static int without_fence(const struct offline_request *request, struct offline_plan *plan)
{
        const struct offline_options *options = &request->options;
        int r;

        plan->cache = CACHE_KEEP;
        r = plan_note(
                plan,
                "no fence is raised, so pages may move more than once, and the emptiest blocks go first: %s",
                request->no_fence ? request->no_fence : "memctl.ko cannot raise one here");
        if (r >= 0 && options->cache == CACHE_DROP)
                r = plan_note(plan, "page cache is moved, not dropped: that needs a fence");
        if (r >= 0 && options->max_pause_usec > 0)
                r = plan_note(
                        plan,
                        "a block is moved in one step, however long that takes: shorter ones need a fence");
        return r;
}

/* How much of page cache goes, and why: what "auto" decides is to be seen, where it is some MiB at least. */
static int note_cache(const struct offline_request *request, struct offline_plan *plan)
{
        static const char *const why[_COLD_SOURCE_MAX] = {
                [COLD_NONE] = "nobody can tell what is cold",
                [COLD_DAMON] = "the LRU lists have it for cold, and DAMON has not seen it used just now",
                [COLD_PAGE_IDLE] = "the LRU lists have it for cold, and it was idle just now",
                [COLD_LRU_GEN] = "it was read no more than once since it came, or was last sorted",
                [COLD_INACTIVE_LIST] = "it is on the inactive list",
        };
        static const char in_use[] = "in use or among pages in use";
        const uint64_t drop = plan->drop_bytes / MIB, keep = plan->keep_bytes / MIB;
        int r = 0;

        if (request->cold->note)
                r = plan_note(plan, "%s", request->cold->note);
        if (r < 0 || (drop == 0 && keep == 0))
                return r;
        if (drop == 0)
                return plan_note(plan, "all %" PRIu64 " MiB of clean page cache are kept: %s", keep,
                                 plan->cold_source == COLD_NONE ? why[COLD_NONE] : in_use);
        if (keep == 0)
                return plan_note(plan, "%" PRIu64 " MiB of clean page cache are dropped: %s", drop,
                                 why[plan->cold_source]);
        return plan_note(plan,
                         "%" PRIu64 " MiB of clean page cache are dropped: %s; %" PRIu64 " MiB are kept, %s",
                         drop, why[plan->cold_source], keep, in_use);
}

/*
 * What a block's going offline moves goes to other nodes only, which have no room for it; what a fence takes
 * may stay on its own.
 */
static int keep_on_node(const struct snapshot *snapshot, const struct offline_request *request,
                        enum cache_mode mode, struct offline_plan *plan)
{
        uint64_t before = fit_shortage(snapshot, request, plan);
        int r;

        plan->take_used = true;
        r = take_all(snapshot, request, mode, plan);
        if (r >= 0 && fit_shortage(snapshot, request, plan) < before)
                return plan_note(plan, "a fence takes what is in use, too: other nodes have no room for it");
        plan->take_used = false;
        return r < 0 ? r : take_all(snapshot, request, mode, plan);
}

int take_decide(const struct snapshot *snapshot, const struct offline_request *request,
                struct offline_plan *plan)
{
        enum cache_mode mode = request->options.cache;
        int r;

        plan->cold_source = request->cold ? request->cold->source : COLD_NONE;
        if (plan->n_steps == 0)
                return 0;
        if (!request->can_fence)
                return without_fence(request, plan);

        plan->fence = true;
        plan->take_used = request->options.rate > 0 || request->options.max_pause_usec > 0 ||
                          request->options.to_node != NODE_NONE;
        /* without a look at where page cache is, nothing of it may be dropped by chance */
        if (!request->cold)
                plan->take_used = false;
        if (mode == CACHE_DROP && request->cold && target_is_left(snapshot, request, plan)) {
                plan->drop_all = true;
                r = plan_note(plan,
                              "page cache that processes map is dropped, too: moved, it would leave node %d",
                              request->options.to_node);
                if (r < 0)
                        return r;
        }
        r = take_all(snapshot, request, mode, plan);
        if (r >= 0 && !plan->take_used && request->cold && fit_shortage(snapshot, request, plan) > 0)
                r = keep_on_node(snapshot, request, mode, plan);
        if (r >= 0 && mode == CACHE_AUTO && plan->keep_bytes > 0 &&
            fit_shortage(snapshot, request, plan) > 0) {
                r = plan_note(plan, "page cache that is in use is dropped, too: it has no room elsewhere");
                if (r >= 0)
                        r = take_all(snapshot, request, CACHE_DROP, plan);
        } else if (r >= 0 && mode == CACHE_AUTO && request->cold) {
                r = note_cache(request, plan);
        }
        if (r >= 0 && plan->keep_bytes >= MIB && request->options.max_pause_usec > 0)
                r = plan_note(plan, "page cache that is kept moves with its block, in one step");
        return r;
}
