/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked of CMA areas up to now, in one look: of memctl.ko, which has noted each request since it was
 * loaded, or of the kernel's counters. To be called in a helper.
 */
#ifndef MEMCTL_BOOT_SAMPLE_H
#define MEMCTL_BOOT_SAMPLE_H

#include "daemon/machine/tree.h"
#include "daemon/plan/boot_size.h"

#define BOOT_ID_MAX 37 /* with its NUL */

struct cma_sample {
        char boot_id[BOOT_ID_MAX];
        uint64_t uptime; /* seconds */
        struct cma_demand_area areas[CMA_DEMAND_AREAS_MAX];
        size_t n;
};

/* 0; -ENODATA: the tree does not tell which boot it is of; -ENOMEM. A kernel without CMA has no areas. */
int cma_sample_read(struct tree *tree, struct cma_sample *ret, char **message);

/* The id of this boot; "" where a tree does not tell. */
void boot_id_read(int root_fd, char ret[static BOOT_ID_MAX]);

#endif
