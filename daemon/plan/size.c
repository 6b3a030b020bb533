/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/size.h"

#include "daemon/plan/obstacle.h"
#include "basic/message.h"
#include "basic/saturated.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is said of blocks that may not be taken. */
#define OTHERS_MAX 512

struct candidate {
        uint32_t block;
        uint64_t cost, cost_of_dimm;
};

static bool is_asked_for(const struct memory_block *block, int node)
{
        return block->state == BLOCK_ONLINE && zone_list_get(block->zones, 0) == ZONE_MOVABLE &&
               (node == NODE_NONE || block->node == node);
}

static bool may_go(const struct snapshot *snapshot, const struct memory_block *block, int node, bool force)
{
        return is_asked_for(block, node) && !obstacle_is_there(snapshot, block, force);
}

static bool has_node(const struct snapshot *snapshot, int node)
{
        if (snapshot_find_node(snapshot, node))
                return true;
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (snapshot->blocks[i].node == node)
                        return true;
        return false;
}

/* What is in zone Movable, too, and why it may not go: by driver, else by what the obstacle is called. */
static const char *describe_others(const struct snapshot *snapshot, int node, bool force,
                                   char text[static OTHERS_MAX])
{
        _cleanup_(reason_list_clear) struct reason_list reasons = { 0 };
        size_t length = 0;

        text[0] = '\0';
        for (size_t i = 0; i < snapshot->n_blocks; i++)
                if (is_asked_for(&snapshot->blocks[i], node) &&
                    obstacle_judge(snapshot, &snapshot->blocks[i], force, &reasons) < 0)
                        return text;
        for (size_t i = 0; i < reasons.n_items && length < OTHERS_MAX - 1; i++) {
                const struct reason *reason = &reasons.items[i];
                uint32_t last = reason->last_block > reason->block ? reason->last_block : reason->block;
                char blocks[32] = "others";

                if (reason->block != REASON_NO_BLOCK)
                        (void) snprintf(blocks, sizeof(blocks), last > reason->block ? "%u-%u" : "%u",
                                        reason->block, last);
                if (reason->code != REASON_DRIVER_OWNED)
                        length += (size_t) snprintf(text + length, OTHERS_MAX - length, "; %s: %s", blocks,
                                                    reason_code_name(reason->code));
                else if (strcmp(reason->driver, "virtio_mem") == 0)
                        length += (size_t) snprintf(
                                text + length, OTHERS_MAX - length,
                                "; %s: %s manages it: shrink the device on the hypervisor "
                                "(%" PRIu64 " of its %" PRIu64 " bytes are plugged in blocks)",
                                blocks, reason->text, reason->bytes, reason->device_bytes);
                else
                        length += (size_t) snprintf(text + length, OTHERS_MAX - length,
                                                    "; %s: %s manages it", blocks, reason->text);
        }
        return text;
}

int size_candidates(const struct snapshot *snapshot, uint64_t size, int node, bool force,
                    struct block_set *ret, char **message)
{
        _cleanup_(block_set_clear) struct block_set set = { 0 };
        char others[OTHERS_MAX];

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
                if (may_go(snapshot, &snapshot->blocks[i], node, force))
                        set.numbers[set.n_numbers++] = snapshot->blocks[i].number;
        if (set.n_numbers < size / snapshot->block_size)
                return fail(message, -ENOSPC,
                            "%" PRIu64 " bytes: only %" PRIu64 " bytes are online in zone Movable%s%s", size,
                            set.n_numbers * snapshot->block_size,
                            node == NODE_NONE ? "" : " on the node asked for",
                            describe_others(snapshot, node, force, others));
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
                return fail(message, -ENOSPC,
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
