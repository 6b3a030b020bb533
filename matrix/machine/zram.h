/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A zram device of our own, which goes away by setting.h.
 */
#ifndef MEMCTL_MATRIX_MACHINE_ZRAM_H
#define MEMCTL_MATRIX_MACHINE_ZRAM_H

#include <stddef.h>

/* The device's name ("/dev/zram1") in ret. 0; -ENOENT: there is no zram; or -errno. */
int zram_add(unsigned int mebibytes, char *ret, size_t size);

/* The same as swap that is used before all other. */
int zram_add_swap(unsigned int mebibytes);

#endif
