/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/size.h"

#include "basic/message.h"
#include "basic/saturated.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

struct candidate {
        uint32_t block;
        uint64_t cost, cost_of_dimm;
};

static bool may_go(const struct memory_block *block, int node, bool force)
{
        return block->state == BLOCK_ONLINE && block->removable &&
               zone_list_get(block->zones, 0) == ZONE_MOVABLE &&
               zone_list_get(block->zones, 1) == ZONE_NONE && (force || block->driver == DRIVER_NONE) &&
               (node == NODE_NONE || block->node == node);
}

static bool has_node(const struct snapshot *snapshot, int node)
{
        for (size_t i = 0; i < snapshot->n_nodes; i++)
                if (snapshot->nodes[i].id == node)
                        return true;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (snapshot->blocks[i].node == node)
                        return true;
        return false;
}

int size_candidates(const struct snapshot *snapshot, uint64_t size, int node, bool force,
                    struct block_set *ret, char **message)
{
        _cleanup_(block_set_clear) struct block_set set = { 0 };

        if (size == 0 || size % snapshot->block_size != 0)
                return fail(message, -EINVAL,
                            "%" PRIu64 " bytes: accepted is a multiple of the block size, %" PRIu64
                            " bytes, from one block up",
                            size, snapshot->block_size);
        if (node < NODE_NONE || (node != NODE_NONE && !has_node(snapshot, node)))
                return fail(message, -EINVAL, "node %d: the machine has no such node", node);

        set.numbers = calloc(snapshot->n_blocks ? snapshot->n_blocks : 1, sizeof(*set.numbers));
        if (!set.numbers)
                return -ENOMEM;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (may_go(&snapshot->blocks[i], node, force))
                        set.numbers[set.n_numbers++] = snapshot->blocks[i].number;
        if (set.n_numbers < size / snapshot->block_size)
                return fail(message, -ERANGE,
                            "%" PRIu64 " bytes: only %" PRIu64
                            " bytes are online in zone Movable, removable%s and on the node asked for",
                            size, set.n_numbers * snapshot->block_size,
                            force ? "" : ", managed by no driver");
        *ret = (struct block_set){ .numbers = TAKE_PTR(set.numbers), .n_numbers = set.n_numbers };
        return 0;
}

/* What it takes to empty each DIMM. */
static uint64_t *costs_of_dimms(const struct snapshot *snapshot, const struct block_set *candidates,
                                const uint64_t *cost)
{
        uint64_t *costs = calloc(snapshot->n_dimms ? snapshot->n_dimms : 1, sizeof(*costs));
        size_t at = 0;

        for (size_t i = 0; costs && i < snapshot->n_blocks; i++) {
                const struct memory_block *block = &snapshot->blocks[i];
                bool asked;

                while (at < candidates->n_numbers && candidates->numbers[at] < block->number)
                        at++;
                asked = at < candidates->n_numbers && candidates->numbers[at] == block->number;
                if (block->dimm != DIMM_NONE && block->dimm < snapshot->n_dimms &&
                    block->state != BLOCK_OFFLINE)
                        costs[block->dimm] =
                                add_saturated(costs[block->dimm], asked ? cost[at] : COST_NEVER);
        }
        return costs;
}

static int compare_cost(const void *a, const void *b)
{
        const struct candidate *x = a, *y = b;

        if (x->cost != y->cost)
                return x->cost < y->cost ? -1 : 1;
        if (x->cost_of_dimm != y->cost_of_dimm)
                return x->cost_of_dimm < y->cost_of_dimm ? -1 : 1;
        return x->block > y->block ? -1 : x->block < y->block;
}

static int compare_numbers(const void *a, const void *b)
{
        const uint32_t *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

int size_pick(const struct snapshot *snapshot, const struct block_set *candidates, const uint64_t *cost,
              uint64_t size, struct block_set *ret, char **message)
{
        _cleanup_(block_set_clear) struct block_set set = { 0 };
        _cleanup_free_ struct candidate *list = NULL;
        _cleanup_free_ uint64_t *costs = NULL;
        uint64_t wanted = size / snapshot->block_size;
        size_t n = 0;

        list = calloc(candidates->n_numbers ? candidates->n_numbers : 1, sizeof(*list));
        costs = costs_of_dimms(snapshot, candidates, cost);
        if (!list || !costs)
                return -ENOMEM;
        for (size_t i = 0; i < candidates->n_numbers; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, candidates->numbers[i]);

                if (!block || cost[i] == COST_NEVER)
                        continue;
                list[n++] = (struct candidate){
                        .block = block->number,
                        .cost = cost[i],
                        .cost_of_dimm = block->dimm < snapshot->n_dimms ? costs[block->dimm] : COST_NEVER,
                };
        }
        if (n < wanted)
                return fail(message, -ERANGE,
                            "%" PRIu64 " bytes: only %" PRIu64
                            " bytes can be emptied: other blocks have pages that do not move",
                            size, n * snapshot->block_size);

        qsort(list, n, sizeof(*list), compare_cost);
        set.numbers = calloc(wanted ? wanted : 1, sizeof(*set.numbers));
        if (!set.numbers)
                return -ENOMEM;
        while (set.n_numbers < wanted) {
                set.numbers[set.n_numbers] = list[set.n_numbers].block;
                set.n_numbers++;
        }
        qsort(set.numbers, set.n_numbers, sizeof(*set.numbers), compare_numbers);
        *ret = (struct block_set){ .numbers = TAKE_PTR(set.numbers), .n_numbers = set.n_numbers };
        return 0;
}
