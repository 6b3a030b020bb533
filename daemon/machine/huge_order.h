/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of a huge page.
 */
#ifndef MEMCTL_MACHINE_HUGE_ORDER_H
#define MEMCTL_MACHINE_HUGE_ORDER_H

#include "daemon/machine/tree.h"

/* Of the kernel's default size; 9 where it has none. It may be more than the page allocator has. */
unsigned int huge_order_read(const struct tree *tree);

#endif
