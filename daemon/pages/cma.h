/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA as the kernel counts it: all areas together in /proc/meminfo and /proc/vmstat, each in
 * /sys/kernel/mm/cma.
 */
#ifndef MEMCTL_PAGES_CMA_H
#define MEMCTL_PAGES_CMA_H

#include "daemon/machine/tree.h"

#include <stddef.h>
#include <stdint.h>

#define CMA_NOT_TOLD UINT64_MAX

/* What nobody tells is CMA_NOT_TOLD. */
struct cma_area {
        char name[64];                        /* "linux,cma"; "" in the sum of all */
        uint64_t total_bytes, free_bytes;
        uint64_t alloc_success, alloc_failed; /* requests since boot */
};

struct cma_areas {
        struct cma_area all;    /* the sum, by the kernel's own figures where it has some */
        struct cma_area *areas; /* ascending by name */
        size_t n;
};

/* 0 or -ENOMEM. A kernel without CMA has no areas, and total_bytes of all is not told, or 0. */
int cma_read(struct tree *tree, struct cma_areas *ret);
void cma_clear(struct cma_areas *areas);

#endif
