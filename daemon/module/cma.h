/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA areas as memctl.ko watches them: what is allocated in each, by whom, and what failed. Figures in pages
 * and counts are since the module was loaded. To be asked in a helper: the kernel may be slow to answer.
 */
#ifndef MEMCTL_MODULE_CMA_H
#define MEMCTL_MODULE_CMA_H

#include "daemon/machine/tree.h"
#include "daemon/module/cma_figures.h"

/*
 * All of these: 1 and *ret; 0: there is no memctl.ko (module.h), or the kernel has no such area any more;
 * -EOPNOTSUPP: CMA cannot be watched here, or the module is too old for it; other -errno. *message is set
 * with each error but -ENOMEM.
 */
int module_cma_read(const struct tree *tree, struct module_cma_areas *ret, char **message);
int module_cma_read_holders(const struct tree *tree, const char *area, struct module_cma_holders *ret,
                            char **message);
int module_cma_read_failures(const struct tree *tree, struct module_cma_failures *ret, char **message);
int module_cma_read_map(const struct tree *tree, const struct module_cma_area *area,
                        struct module_cma_map *ret, char **message);

void module_cma_clear(struct module_cma_areas *areas);
void module_cma_clear_holders(struct module_cma_holders *holders);
void module_cma_clear_map(struct module_cma_map *map);

/* "too_small", "pinned"; "unknown" for what is no cause. */
const char *module_cma_cause_name(enum memctl_cma_cause cause);

#endif
