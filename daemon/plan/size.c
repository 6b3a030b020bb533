/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks to take for an amount of memory.
 */
#include "basic/message.h"
#include "daemon/plan/offline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static bool may_go(const struct memory_block *block, int node)
{
        return block->state == BLOCK_ONLINE && block->removable &&
               zone_list_get(block->zones, 0) == ZONE_MOVABLE &&
               zone_list_get(block->zones, 1) == ZONE_NONE && (node == NODE_NONE || block->node == node);
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

int offline_pick_by_size(const struct snapshot *snapshot, uint64_t size, int node, struct block_set *ret,
                         char **message)
{
        _cleanup_free_ uint32_t *numbers = NULL;
        uint64_t wanted;
        size_t found = 0;

        if (size == 0 || size % snapshot->block_size != 0)
                return fail(message, -EINVAL,
                            "%" PRIu64 " bytes: accepted is a multiple of the block size, %" PRIu64
                            " bytes, from one block up",
                            size, snapshot->block_size);
        if (node < NODE_NONE || (node != NODE_NONE && !has_node(snapshot, node)))
                return fail(message, -EINVAL, "node %d: the machine has no such node", node);

        wanted = size / snapshot->block_size;
        if (wanted <= snapshot->n_blocks) {
                numbers = calloc(wanted, sizeof(*numbers));
                if (!numbers)
                        return -ENOMEM;
                /* from the highest down, filled from the back: ascending as a set must be */
                for (size_t i = snapshot->n_blocks; i > 0 && found < wanted; i--)
                        if (may_go(&snapshot->blocks[i - 1], node))
                                numbers[wanted - ++found] = snapshot->blocks[i - 1].number;
        }
        if (found < wanted) {
                uint64_t possible = 0;

                for (size_t i = 0; i < snapshot->n_blocks; i++)
                        possible += may_go(&snapshot->blocks[i], node);
                return fail(message, -ERANGE,
                            "%" PRIu64 " bytes: only %" PRIu64
                            " bytes are online in zone Movable, removable and on the node asked for",
                            size, possible * snapshot->block_size);
        }

        *ret = (struct block_set){ .numbers = TAKE_PTR(numbers), .n_numbers = found };
        return 0;
}
