/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the requests for contiguous memory share.
 */
#ifndef MEMCTL_NETLINK_RESERVE_H
#define MEMCTL_NETLINK_RESERVE_H

struct memctl_reservation_info;
struct netlink_ext_ack;
struct sk_buff;

/* A RESERVATION nest. -EMSGSIZE. */
int memctl_put_reservation(struct sk_buff *skb, const struct memctl_reservation_info *info);

/* The text for an error of contig/; none for others. */
void memctl_reserve_explain(struct netlink_ext_ack *extack, int err);

#endif /* MEMCTL_NETLINK_RESERVE_H */
