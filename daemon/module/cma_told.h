/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tells of allocations of CMA that fail, as memctl.ko does: also of one that is loaded later, or anew.
 */
#ifndef MEMCTL_MODULE_CMA_TOLD_H
#define MEMCTL_MODULE_CMA_TOLD_H

#include "daemon/machine/tree.h"
#include "daemon/module/cma_figures.h"

#include <netlink/msg.h>
#include <systemd/sd-event.h>

struct cma_told;

/* Called from the loop. The watch must not be freed from within. */
typedef void (*cma_told_failed_t)(void *userdata, const struct module_cma_failure *failure);

/*
 * From when the module is loaded on, but for a moment, of a tree that is the running machine's; else it
 * tells nothing. It waits for the kernel to speak: while nothing happens nothing is looked at. Failures that
 * come faster than they are read are lost. 0 or -errno.
 */
int cma_told_new(sd_event *event, const struct tree *tree, cma_told_failed_t failed, void *userdata,
                 struct cma_told **ret);
struct cma_told *cma_told_free(struct cma_told *told);
DEFINE_CLEANUP(struct cma_told *, cma_told_free)

/* One event. 0; -ENOMSG: it is about something else; -EBADMSG with *message set. */
int cma_told_parse(struct nlmsghdr *header, struct module_cma_failure *ret, char **message);

#endif
