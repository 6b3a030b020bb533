/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_SORT_H
#define SHIM_LINUX_SORT_H

#include <linux/kernel.h>

#define sort(base, nr, size, order, swap) ((void) (swap), qsort(base, nr, size, order))

#endif /* SHIM_LINUX_SORT_H */
