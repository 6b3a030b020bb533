/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl.ko says of CMA, read as if anybody could have sent it.
 */
#ifndef MEMCTL_MODULE_CMA_PARSE_H
#define MEMCTL_MODULE_CMA_PARSE_H

#include "daemon/module/cma_figures.h"

#include <netlink/msg.h>

/* One message of an answer, or an event. 0, or -EBADMSG with *message set. */
int module_cma_parse(struct nlmsghdr *header, struct module_cma_area *ret, char **message);
int module_cma_parse_holder(struct nlmsghdr *header, struct module_cma_holder *ret, char **message);
int module_cma_parse_failure(struct nlmsghdr *header, struct module_cma_failure *ret, char **message);

/* The map's next message: *at is the pfn from which on it is to tell, and then that behind it. */
int module_cma_parse_map(struct nlmsghdr *header, const struct module_cma_area *area,
                         struct module_cma_map *map, uint64_t *at, char **message);

#endif
