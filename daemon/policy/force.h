/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is in force: the last configuration without a fault, what is remembered beside it, and the fault of
 * the one that is not in force.
 */
#ifndef MEMCTL_POLICY_FORCE_H
#define MEMCTL_POLICY_FORCE_H

#include "daemon/policy/judge.h"
#include "daemon/policy/reading.h"

struct policy_force {
        bool has_config; /* files were read, so that there is something in force */
        struct policy_state state;
        char *fault;    /* of the files, of which an older state is in force; NULL: none */
        char *vm_fault; /* what of the kernel's settings could not be set, and why; NULL: nothing */
};

void policy_force_init(struct policy_force *force);
void policy_force_clear(struct policy_force *force);

/* Takes what was read, where it has no fault, and says what changes. */
void policy_force_take(struct policy_force *force, const struct policy_read *read);

#endif
