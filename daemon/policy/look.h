/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One look at what the policy goes by: what is free on each node, by the order of the pieces
 * (/proc/buddyinfo), the nodes' memory, what kswapd has worked (/proc/PID/stat), memory pressure (PSI), and
 * the settings below /proc/sys/vm. For a helper; the struct goes through a pipe as it is.
 */
#ifndef MEMCTL_POLICY_LOOK_H
#define MEMCTL_POLICY_LOOK_H

#include "daemon/machine/buddy.h"
#include "daemon/policy/config.h"

struct compaction_look_node {
        int node;
        uint64_t memory_pages;
        uint64_t free[BUDDY_ORDERS_MAX]; /* pieces */
        int kswapd_pid;                  /* 0: it is not known */
        uint64_t kswapd_usec;            /* CPU time of it */
};

struct compaction_look {
        unsigned int n_orders, huge_order; /* of the page allocator; of a huge page */
        bool pressure_known;
        unsigned int memory_pressure; /* PSI some, avg10, in hundredths of a percent */
        int vm[_VM_SETTING_MAX];      /* VM_SETTING_NONE: this kernel has none */
        const char *trouble;          /* vm_trouble() */
        size_t n_nodes;
        struct compaction_look_node nodes[CONFIG_NODES_MAX]; /* by node, ascending */
};

/*
 * Looks. last: the look before, whose pids of kswapd are tried first, or NULL. 0, or -errno with *message
 * set: what must be known is not to be had.
 */
int compaction_look_read(const struct tree *tree, const struct compaction_look *last,
                         struct compaction_look *ret, char **message);

/* NULL: it has none such. */
const struct compaction_look_node *compaction_look_find(const struct compaction_look *look, int node);

#endif
