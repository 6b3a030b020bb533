/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/judge.h"

#include "basic/saturated.h"
#include "daemon/plan/fragmentation.h"

/* The budget is as if nothing had been used for that long. */
#define AS_IF_UNUSED_USEC (60 * UINT64_C(1000000))

struct policy_node *policy_state_find(struct policy_state *state, int node)
{
        for (size_t i = 0; i < state->n_nodes; i++)
                if (state->nodes[i].node == node)
                        return &state->nodes[i];
        return NULL;
}

static struct policy_node *find_or_add(struct policy_state *state, int node)
{
        struct policy_node *found = policy_state_find(state, node);

        if (found || state->n_nodes == ELEMENTSOF(state->nodes))
                return found;
        found = &state->nodes[state->n_nodes++];
        *found = (struct policy_node){ .node = node };
        return found;
}

bool policy_state_is_on(const struct policy_state *state)
{
        bool on = state->config.all.enabled;

        for (size_t i = 0; i < state->config.n_nodes; i++)
                on |= state->config.nodes[i].enabled;
        return on;
}

static unsigned int order_of(const struct compaction_target *target, const struct compaction_look *look)
{
        unsigned int order = target->order < 0 ? look->huge_order : (unsigned int) target->order;

        return order < look->n_orders ? order : look->n_orders - 1;
}

static void judge(struct policy_state *state, struct policy_node *node, const struct compaction_look *look,
                  const struct policy_moment *moment, struct policy_view *ret)
{
        const struct compaction_look_node *seen = compaction_look_find(look, node->node);
        struct compaction_target target = *compaction_config_of_node(&state->config, node->node);
        unsigned int order = order_of(&target, look);
        struct compaction_memory *memory = &node->memory;

        target.enabled |= moment->as_if;
        *ret = (struct policy_view){
                .node = node->node,
                .order = order,
                .inputs = { .now_usec = moment->now_usec,
                            .minute = moment->minute,
                            .busy = moment->busy,
                            .piece_pages = UINT64_C(1) << order,
                            .memory_pressure = look->memory_pressure,
                            .refusal = look->trouble },
        };
        if (seen) {
                ret->inputs.there = true;
                ret->inputs.memory_pages = seen->memory_pages;
                ret->inputs.free_pieces = fragmentation_pieces(seen->free, look->n_orders, order);
                ret->inputs.small_pages = fragmentation_small_pages(seen->free, look->n_orders, order);
                ret->inputs.kswapd_usec = seen->kswapd_usec;
                ret->kswapd_usec =
                        memory->seen ? subtract_to_zero(seen->kswapd_usec, memory->kswapd_usec) : 0;
        }
        ret->target = compaction_target_pieces(&target, ret->inputs.memory_pages, ret->inputs.piece_pages);
        ret->budget_usec = state->budget.left_usec;
        ret->action = compaction_decide(&state->config, &target, &ret->inputs, &state->budget, memory);
        ret->state = memory->state;
        ret->attempts = memory->attempts;
        ret->gains = memory->gains;
        ret->spent_usec = memory->spent_usec;
        ret->wait_usec = subtract_to_zero(memory->wait_until, moment->now_usec);
}

void policy_judge(struct policy_state *state, const struct compaction_look *look,
                  const struct policy_moment *moment, struct policy_views *ret)
{
        if (moment->as_if)
                state->budget = (struct compaction_budget){
                        .seen = true, .seen_usec = subtract_to_zero(moment->now_usec, AS_IF_UNUSED_USEC)
                };
        compaction_budget_fill(&state->config, moment->now_usec, &state->budget);
        for (size_t i = 0; i < look->n_nodes; i++)
                (void) find_or_add(state, look->nodes[i].node);
        for (size_t i = 0; i < state->config.n_nodes; i++)
                (void) find_or_add(state, state->config.nodes[i].node);
        ret->n = 0;
        for (size_t there = 2; there-- > 0;)
                for (size_t i = 0; i < state->n_nodes; i++)
                        if (!compaction_look_find(look, state->nodes[i].node) == !there)
                                judge(state, &state->nodes[i], look, moment, &ret->items[ret->n++]);
}

const char *policy_state_reason(const struct policy_view *view)
{
        static const char *const reasons[_COMPACTION_STATE_MAX] = {
                [COMPACTION_OFF] = "nothing is to be done here by itself",
                [COMPACTION_GONE] = "there is no such node with memory",
                [COMPACTION_REACHED] = "as many pieces are free as are to be",
                [COMPACTION_QUIET] = "it is one of the times in which nothing is to be done",
                [COMPACTION_RECLAIMING] = "the node's kswapd is at work: memory is short, not in pieces",
                [COMPACTION_BUSY] = "a job is at work",
                [COMPACTION_NO_ROOM] = "there is too little free memory in smaller pieces",
                [COMPACTION_BACKING_OFF] = "nothing was gained the last time",
                [COMPACTION_OVER_BUDGET] = "the CPU time that it may have is used up",
                [COMPACTION_PRESSED] = "processes wait for memory",
                [COMPACTION_WANTED] = "fewer pieces are free than are to be",
        };

        return view->state == COMPACTION_REFUSED ? view->inputs.refusal : reasons[view->state];
}
