/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/target.h"


#include <stdio.h>

static bool has_room_elsewhere(const struct headroom *room, int node)
{
        for (size_t i = 0; i < room->n_zones; i++)
                if (room->zones[i].node != node)
                        return true;
        return false;
}

static bool has_memory(const struct headroom *room, int node)
{
        for (size_t i = 0; i < room->n_zones; i++)
                if (room->zones[i].node == node)
                        return true;
        return false;
}

static bool has_step(const struct snapshot *snapshot, const struct offline_plan *plan, int node)
{
        for (size_t i = 0; i < plan->n_steps; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, plan->steps[i].block);

                if (block && block->node == node)
                        return true;
        }
        return false;
}

static int refuse(struct offline_plan *plan, const char *text)
{
        const struct reason reason = {
                .code = REASON_NODE_NOT_POSSIBLE,
                .block = REASON_NO_BLOCK,
                .text = (char *) text,
        };

        plan->refused = true;
        return reason_list_add(&plan->reasons, &reason);
}

/* A block that goes offline sends its pages to other nodes, if there are any. */
bool target_is_left(const struct snapshot *snapshot, const struct offline_request *request,
                    const struct offline_plan *plan)
{
        int node = request->options.to_node;

        return node != NODE_NONE && has_step(snapshot, plan, node) &&
               has_room_elsewhere(request->room, node);
}

int target_judge(const struct snapshot *snapshot, const struct offline_request *request,
                 struct offline_plan *plan)
{
        int node = request->options.to_node;
        const struct headroom *room = request->room;
        char text[160];

        if (node == NODE_NONE || plan->n_steps == 0)
                return 0;
        if (room->known && !has_memory(room, node)) {
                (void) snprintf(text, sizeof(text), "node %d has no memory", node);
                return refuse(plan, text);
        }
        if (!request->can_place)
                return refuse(plan, request->no_place ? request->no_place : "the kernel has no cpusets");
        if (target_is_left(snapshot, request, plan)) {
                if (!plan->take_used) {
                        (void) snprintf(text, sizeof(text),
                                        "without a fence, pages of blocks on node %d go to other nodes",
                                        node);
                        return refuse(plan, text);
                }
                if (plan->keep_bytes > 0) {
                        (void) snprintf(
                                text, sizeof(text),
                                "page cache that is kept goes from node %d to other nodes: cache \"drop\" "
                                "gives it back",
                                node);
                        return refuse(plan, text);
                }
        }
        return plan_note(plan, "the kernel may use another node, should node %d fill up meanwhile", node);
}
