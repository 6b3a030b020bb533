/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * daxctl, where it brings memory of DAX devices online. For deciders_read().
 */
#ifndef MEMCTL_ONLINING_DECIDERS_DAXCTL_H
#define MEMCTL_ONLINING_DECIDERS_DAXCTL_H

#include "daemon/machine/tree.h"
#include "daemon/onlining/decider.h"

/* Adds those that are found. */
void deciders_add_daxctl(const struct tree *tree, struct deciders *deciders);

#endif
