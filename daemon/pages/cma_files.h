/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel's own files tell of each CMA area: sys/kernel/mm/cma (CONFIG_CMA_SYSFS) and
 * sys/kernel/debug/cma (CONFIG_CMA_DEBUGFS).
 */
#ifndef MEMCTL_PAGES_CMA_FILES_H
#define MEMCTL_PAGES_CMA_FILES_H

#include "daemon/machine/tree.h"
#include "daemon/pages/cma_areas.h"

/* Adds areas, and tells their figures. 1; 0: there is no such folder; -EACCES: or none that may be read;
 * -ENOMEM. */
int cma_sysfs_read(const struct tree *tree, struct cma_areas *areas);
int cma_debugfs_read(const struct tree *tree, struct cma_areas *areas);

/*
 * The bitmaps of an area whose ranges debugfs has told: words of 64 pieces for each of them, the caller's.
 * 0, or -errno and nothing.
 */
int cma_debugfs_words(const struct tree *tree, const struct cma_area *area,
                      uint64_t *words[static MODULE_CMA_RANGES_MAX]);

#endif
