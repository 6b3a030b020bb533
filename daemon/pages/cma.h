/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA as all sources together tell of it: all areas in sum, and each of them.
 */
#ifndef MEMCTL_PAGES_CMA_H
#define MEMCTL_PAGES_CMA_H

#include "daemon/machine/tree.h"
#include "daemon/pages/cma_areas.h"

/*
 * ask_module: memctl.ko, too. 0 or -ENOMEM: what cannot be read is told in a note. A kernel without CMA has
 * no areas, and total_bytes of all is not told, or 0.
 */
int cma_read(const struct tree *tree, bool ask_module, struct cma_areas *ret);
#endif
