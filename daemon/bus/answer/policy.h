/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy of compaction, and what is found of each node, as one dictionary: docs/bus.md has its entries.
 */
#ifndef MEMCTL_BUS_ANSWER_POLICY_H
#define MEMCTL_BUS_ANSWER_POLICY_H

#include "daemon/policy/policy.h"

#include <systemd/sd-bus.h>

struct policy_answer {
        bool acts;
        const char *fault, *vm_fault; /* or NULL */
        struct policy_state state;
        struct policy_views views;
        int vm[_VM_SETTING_MAX]; /* as the kernel has it */
        const struct trail *trail;
};

/* Appends an a{sv}. 0 or -errno. */
int policy_append(sd_bus_message *m, const struct policy_answer *answer);

#endif
