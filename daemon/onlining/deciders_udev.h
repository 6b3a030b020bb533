/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udev's rules that bring new memory online. For deciders_read().
 */
#ifndef MEMCTL_ONLINING_DECIDERS_UDEV_H
#define MEMCTL_ONLINING_DECIDERS_UDEV_H

#include "daemon/machine/tree.h"
#include "daemon/onlining/decider.h"

/* Adds those that are found. */
void deciders_add_udev(const struct tree *tree, struct deciders *deciders);

#endif
