/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Boot settings of several kinds, which are written for the boot loader together: each has parameters of its
 * own, and leaves those of the others as they are. Pure.
 */
#ifndef MEMCTL_BOOT_SHARE_H
#define MEMCTL_BOOT_SHARE_H

#include <stdbool.h>
#include <stddef.h>

/* Where the memory map of new memory lies: docs/onlining.md. */
#define BOOT_MEMMAP_PARAMETER "memory_hotplug.memmap_on_memory"

enum boot_share {
        BOOT_SHARE_CMA,    /* contiguous memory: all that is of no other */
        BOOT_SHARE_MEMMAP, /* BOOT_MEMMAP_PARAMETER */
};

/* Those of the parameters that are the share's (or, own false, are not); cut off where there is no room. */
void boot_share_pick(enum boot_share share, bool own, const char *parameters, char *buf, size_t size);

#endif
