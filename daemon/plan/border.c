/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/border.h"

#include "basic/saturated.h"

#include <inttypes.h>
#include <stdio.h>

#define MIB (UINT64_C(1) << 20)

static bool is_asked(const struct offline_request *request, uint32_t block)
{
        size_t from = 0, to = request->n_blocks;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (request->blocks[middle] == block)
                        return true;
                if (request->blocks[middle] < block)
                        from = middle + 1;
                else
                        to = middle;
        }
        return false;
}

/* Whether all online blocks of a node but those at its border are asked about; *bytes: how much they are. */
static bool all_others_go(const struct snapshot *snapshot, const struct offline_request *request, int node,
                          uint64_t *bytes)
{
        *bytes = 0;
        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                const struct memory_block *block = &snapshot->blocks[i];
                size_t n;

                if (block->node != node || block->state == BLOCK_OFFLINE ||
                    snapshot_more_nodes(snapshot, block->number, &n))
                        continue;
                if (!is_asked(request, block->number))
                        return false;
                *bytes += snapshot->block_size;
        }
        return *bytes > 0;
}

static uint64_t total_of(const struct snapshot *snapshot, int node)
{
        const struct memory_node *found = snapshot_find_node(snapshot, node);

        return found ? found->total_bytes : 0;
}

static int note(const struct snapshot *snapshot, struct offline_plan *plan, const struct memory_block *block,
                int node, uint64_t going)
{
        const struct block_node *more;
        uint64_t mib = subtract_to_zero(total_of(snapshot, node), going) / MIB;
        char nodes[64], size[32] = "a part";
        size_t n, length;

        more = snapshot_more_nodes(snapshot, block->number, &n);
        length = (size_t) snprintf(nodes, sizeof(nodes), "%d", (int) block->node);
        for (size_t i = 0; i < n && length < sizeof(nodes) - 16; i++)
                length += (size_t) snprintf(nodes + length, sizeof(nodes) - length, "%s%d",
                                            i + 1 == n ? " and " : ", ", (int) more[i].node);
        if (mib > 0 && mib % 1024 == 0)
                (void) snprintf(size, sizeof(size), "%" PRIu64 " GiB", mib / 1024);
        else if (mib > 0)
                (void) snprintf(size, sizeof(size), "%" PRIu64 " MiB", mib);
        return plan_note(plan, "block %u lies in nodes %s, so it cannot go offline: %s of node %d stays",
                         block->number, nodes, size, node);
}

int border_note(const struct snapshot *snapshot, const struct offline_request *request,
                struct offline_plan *plan)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < snapshot->n_more_nodes; i++) {
                const struct memory_block *block =
                        snapshot_find_block(snapshot, snapshot->more_nodes[i].block);
                uint64_t bytes;

                if (!block || block->state == BLOCK_OFFLINE || is_asked(request, block->number))
                        continue;
                if ((i == 0 || snapshot->more_nodes[i - 1].block != block->number) &&
                    all_others_go(snapshot, request, block->node, &bytes))
                        r = note(snapshot, plan, block, block->node, bytes);
                if (r >= 0 && all_others_go(snapshot, request, snapshot->more_nodes[i].node, &bytes))
                        r = note(snapshot, plan, block, snapshot->more_nodes[i].node, bytes);
        }
        return r;
}
