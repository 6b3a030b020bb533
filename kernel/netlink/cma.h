/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the requests about CMA share: each is a dump, and asks on its first call who sends it.
 */
#ifndef MEMCTL_NETLINK_CMA_H
#define MEMCTL_NETLINK_CMA_H

#include <linux/netlink.h>
#include <linux/skbuff.h>

struct memctl_cma_area;

/*
 * May a dump without attributes be asked for here, and by whom? 0; -EPERM, -EOPNOTSUPP, -EINVAL
 * with a text.
 */
int memctl_cma_admit_all(struct netlink_callback *cb);

/* The same of one that names an area, which is looked for: -EINVAL, -ENOENT. */
int memctl_cma_admit_area(struct netlink_callback *cb, struct memctl_cma_area **area);

/* Begins a message of the dump, or NULL. */
void *memctl_cma_message(struct sk_buff *skb, struct netlink_callback *cb, int command);

#endif /* MEMCTL_NETLINK_CMA_H */
