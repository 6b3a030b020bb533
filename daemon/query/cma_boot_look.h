/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A look at all that a boot setting is made of. To be called in a helper.
 */
#ifndef MEMCTL_QUERY_CMA_BOOT_LOOK_H
#define MEMCTL_QUERY_CMA_BOOT_LOOK_H

#include "daemon/query/cma_boot_report.h"

/* Fills *report and *device_tree (to be freed; NULL: there is none). What cannot be read is said in there.
 */
void cma_boot_look(struct tree *tree, struct cma_boot_report *report, char **device_tree);

#endif
