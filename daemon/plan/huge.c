/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/huge.h"

#include "basic/saturated.h"

#include <inttypes.h>

/* The huge pages of one size. */
struct pool {
        uint64_t size; /* bytes of each */
        unsigned int order;
        uint64_t in_blocks; /* free or not: nobody tells */
        uint64_t going;     /* of them, certainly free: there are not as many in use on their node */
        uint64_t free;      /* on the nodes that pages may go to, and those going */
        uint64_t promised;
};

static unsigned int order_of(uint64_t size, uint64_t page_size)
{
        unsigned int order = 0;

        while (order < USAGE_ORDERS - 1 && page_size << order < size)
                order++;
        return order;
}

/* In the steps' blocks on a node. */
static uint64_t in_blocks_of(const struct snapshot *snapshot, const struct offline_request *request,
                             const struct offline_plan *plan, int node, unsigned int order)
{
        uint64_t pages = 0;
        size_t step = 0;

        for (size_t i = 0; i < request->n_blocks && step < plan->n_steps; i++) {
                const struct memory_block *block;

                if (plan->steps[step].block != request->blocks[i])
                        continue;
                step++;
                if (request->usage[i].pages_huge[order] == 0)
                        continue;
                block = snapshot_find_block(snapshot, request->blocks[i]);
                if (block && block->node == node)
                        pages = add_saturated(pages, request->usage[i].pages_huge[order]);
        }
        return pages >> order;
}

static bool is_target(const struct offline_request *request, int node)
{
        return request->options.to_node == NODE_NONE || request->options.to_node == node;
}

/* The pool of the size that the index-th entry has, summed up over the nodes; false: an entry before had it.
 */
static bool sum_up(const struct snapshot *snapshot, const struct offline_request *request,
                   const struct offline_plan *plan, size_t index, struct pool *ret)
{
        const struct headroom *room = request->room;
        struct pool pool = { .size = room->huge[index].size };

        for (size_t i = 0; i < index; i++)
                if (room->huge[i].size == pool.size)
                        return false;
        pool.order = order_of(pool.size, request->page_size);
        for (size_t i = index; i < room->n_huge; i++) {
                const struct headroom_huge *huge = &room->huge[i];
                uint64_t in_blocks, going;

                if (huge->size != pool.size)
                        continue;
                in_blocks = in_blocks_of(snapshot, request, plan, huge->node, pool.order);
                going = subtract_to_zero(in_blocks, subtract_to_zero(huge->total, huge->free));
                pool.in_blocks = add_saturated(pool.in_blocks, in_blocks);
                pool.going = add_saturated(pool.going, going);
                pool.free = add_saturated(pool.free, is_target(request, huge->node) ? huge->free : going);
        }
        for (size_t i = 0; i < room->n_promises; i++)
                if (room->promises[i].size == pool.size)
                        pool.promised = room->promises[i].pages;
        *ret = pool;
        return true;
}

static bool is_gigantic(const struct pool *pool)
{
        return pool->order > BUDDY_ORDER_MAX;
}

uint64_t huge_pages_apart(const struct snapshot *snapshot, const struct offline_request *request,
                          const struct offline_plan *plan)
{
        uint64_t pages = 0;
        struct pool pool;

        for (size_t i = 0; i < request->room->n_huge; i++)
                if (sum_up(snapshot, request, plan, i, &pool))
                        pages = add_saturated(
                                pages, multiply_saturated(is_gigantic(&pool) ? pool.in_blocks : pool.going,
                                                          UINT64_C(1) << pool.order));
        return pages;
}

/*
 * Of gigantic ones in the blocks, those that are free need no room and those elsewhere are room, so it does
 * not matter which are which. Of others, one that is in use is moved into one that is made for it, and one
 * that is free is dissolved: unless it is promised, for that keeps its block online.
 */
static int judge_pool(const struct pool *pool, struct offline_plan *plan)
{
        struct reason reason = { .code = REASON_NO_ROOM_FOR_HUGE_PAGES, .block = REASON_NO_BLOCK };
        uint64_t needed = pool->promised, available = subtract_to_zero(pool->free, pool->going);
        int r = 0;

        if (pool->in_blocks == 0)
                return 0;
        if (is_gigantic(pool)) {
                needed = add_saturated(needed, pool->in_blocks);
                available = pool->free;
        }
        if (needed > available) {
                reason.needed_bytes = multiply_saturated(needed, pool->size);
                reason.available_bytes = multiply_saturated(available, pool->size);
                plan->refused = true;
                r = reason_list_add(&plan->reasons, &reason);
        } else if (pool->going > 0)
                r = plan_note(plan,
                              "%" PRIu64 " huge pages of %" PRIu64
                              " KiB that are free leave their pool with the blocks",
                              pool->going, pool->size / 1024);
        return r;
}

int huge_judge(const struct snapshot *snapshot, const struct offline_request *request,
               struct offline_plan *plan)
{
        struct pool pool;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < request->room->n_huge; i++)
                if (sum_up(snapshot, request, plan, i, &pool))
                        r = judge_pool(&pool, plan);
        return r;
}
