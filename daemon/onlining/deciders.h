/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who else decides what becomes of new memory: the kernel itself (auto_online_blocks), udev's rules of the
 * distribution or of others, daxctl, agents of the hypervisor. For a helper.
 */
#ifndef MEMCTL_ONLINING_DECIDERS_H
#define MEMCTL_ONLINING_DECIDERS_H

#include "daemon/machine/tree.h"
#include "daemon/onlining/decider.h"

/* Those that are found, in the order in which they come to it. */
void deciders_read(const struct tree *tree, struct deciders *ret);

#endif
