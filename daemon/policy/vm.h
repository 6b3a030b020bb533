/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Settings of the kernel below /proc/sys/vm, where the configuration asks for them; they are put back when
 * it does so no more. /run/memctl/vm keeps what was there before, so that another memctld can. Nobody's
 * setting is fought over: where somebody else is known to set them, or has changed one since, it is left to
 * him. For a helper: the kernel may do much work in such a write.
 */
#ifndef MEMCTL_POLICY_VM_H
#define MEMCTL_POLICY_VM_H

#include "daemon/machine/tree.h"
#include "daemon/policy/config.h"

/* "vm.defrag_mode" */
const char *vm_setting_name(enum vm_setting setting);

/* VM_SETTING_NONE: this kernel has none. */
int vm_setting_read(const struct tree *tree, enum vm_setting setting);

/* The kernel's release, "7.3.4"; "" where a tree does not tell. */
#define RELEASE_MAX 80
void vm_release_read(const struct tree *tree, char ret[static RELEASE_MAX]);

/*
 * What the present settings have that goes wrong on this kernel; NULL: nothing that is known. Static.
 */
const char *vm_trouble(const struct tree *tree);

/*
 * Sets what is asked for, and puts back what is not. 0; or what was not set, and why: the first such
 * -errno (-EPERM: somebody else's; -EOPNOTSUPP: this kernel has none, or it goes wrong there), with *message
 * set, a line each.
 */
int vm_settings_apply(const struct tree *tree, const int wanted[static _VM_SETTING_MAX], char **message);

#endif
