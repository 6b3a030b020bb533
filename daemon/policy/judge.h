/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one look means for each node: beside its target, by what is remembered of it. Pure.
 */
#ifndef MEMCTL_POLICY_JUDGE_H
#define MEMCTL_POLICY_JUDGE_H

#include "daemon/policy/decide.h"
#include "daemon/policy/look.h"

struct policy_node {
        int node;
        struct compaction_memory memory;
};

/* All that the policy remembers. Zeros to begin with, but for the configuration. */
struct policy_state {
        struct compaction_config config;
        struct compaction_budget budget;
        size_t n_nodes;
        struct policy_node nodes[CONFIG_NODES_MAX]; /* that were there, or have a section of their own */
};

/* When a look was taken. */
struct policy_moment {
        uint64_t now_usec;   /* a clock that does not go back */
        unsigned int minute; /* of the day, local time */
        bool busy;           /* a job is at work */
        bool as_if;          /* as if it were enabled for all nodes */
};

/* What is found of a node. */
struct policy_view {
        int node;
        unsigned int order;
        uint64_t target; /* pieces that are to be free */
        struct compaction_inputs inputs;
        uint64_t kswapd_usec; /* that kswapd has worked since the look before */
        int64_t budget_usec;
        uint64_t wait_usec; /* that it backs off still */
        enum compaction_state state;
        uint64_t attempts, gains, spent_usec; /* as in struct compaction_memory */
        struct compaction_action action;
};

struct policy_views {
        size_t n;
        struct policy_view items[CONFIG_NODES_MAX];
};

/* By node, as the look has them; and behind them those that are not there. */
void policy_judge(struct policy_state *state, const struct compaction_look *look,
                  const struct policy_moment *moment, struct policy_views *ret);

/* NULL: nothing is known of it. */
struct policy_node *policy_state_find(struct policy_state *state, int node);

/* Whether the configuration has something to be done on any node. */
bool policy_state_is_on(const struct policy_state *state);

/* For people: why it is in that state. */
const char *policy_state_reason(const struct policy_view *view);

#endif
