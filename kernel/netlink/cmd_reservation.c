// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations on the wire: what there is, and their end.
 */
#include "contig/reservation.h"
#include "event.h"
#include "mm/cma.h"
#include "mm/genl.h"
#include "netlink/netlink.h"
#include "netlink/reserve.h"

const struct nla_policy memctl_release_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_NAME] = { .type = NLA_NUL_STRING, .len = MEMCTL_RESERVATION_NAME_MAX },
	[MEMCTL_A_RESERVATION_ID] = { .type = NLA_U64 },
};

int memctl_put_reservation(struct sk_buff *skb, const struct memctl_reservation_info *info)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_A_RESERVATION);

	if (!nest || nla_put_u64_64bit(skb, MEMCTL_RV_ID, info->id, MEMCTL_RV_PAD) ||
	    (info->name[0] && nla_put_string(skb, MEMCTL_RV_NAME, info->name)) ||
	    (info->area && nla_put_string(skb, MEMCTL_RV_AREA, memctl_mm_cma_name(info->area))) ||
	    nla_put_u64_64bit(skb, MEMCTL_RV_START_PFN, info->start, MEMCTL_RV_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_RV_PAGES, info->pages, MEMCTL_RV_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_RV_ALIGN, info->align, MEMCTL_RV_PAD) ||
	    nla_put_u32(skb, MEMCTL_RV_NODE, info->node) ||
	    nla_put_string(skb, MEMCTL_RV_ZONE, info->zone) ||
	    nla_put_u32(skb, MEMCTL_RV_PID, info->pid) ||
	    nla_put_string(skb, MEMCTL_RV_COMM, info->comm) ||
	    nla_put_u64_64bit(skb, MEMCTL_RV_HELD, info->held, MEMCTL_RV_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_RV_MOVED, info->moved, MEMCTL_RV_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Also under a lock that is awaited where memory is given back. */
#define MEMCTL_EVENT_GFP (GFP_NOWAIT | __GFP_NOWARN)

void memctl_netlink_reservation(enum memctl_command event,
				const struct memctl_reservation_info *info)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, MEMCTL_EVENT_GFP);
	void *header;

	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &memctl_family, 0, event);
	memctl_event_send(skb, header, header ? memctl_put_reservation(skb, info) : -EMSGSIZE,
			  MEMCTL_EVENT_GFP);
}

void memctl_reserve_explain(struct netlink_ext_ack *extack, int err)
{
	switch (err) {
	case -EOPNOTSUPP:
		NL_SET_ERR_MSG(extack, "this kernel has no CONFIG_CONTIG_ALLOC");
		break;
	case -EEXIST:
		NL_SET_ERR_MSG(extack, "there is a reservation of that name");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "there are as many reservations as there may be");
		break;
	case -ESHUTDOWN:
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		break;
	case -EBUSY:
		NL_SET_ERR_MSG(extack, "each place for it has something in it that does not move");
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack,
			       "what is in the way finds no room elsewhere, or too little memory would be left");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG(extack,
			       "there is no such reservation (any more), or it is another socket's");
		break;
	}
}

int memctl_netlink_release(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *id = info->attrs[MEMCTL_A_RESERVATION_ID];
	struct nlattr *name = info->attrs[MEMCTL_A_NAME];
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
	if (err)
		return err;
	if (!id == !name) {
		NL_SET_ERR_MSG(info->extack,
			       "either the reservation's id or its name is needed, and not both");
		return -EINVAL;
	}
	/* no reservation has the id 0, or an empty name */
	if (id && !nla_get_u64(id))
		err = -ENOENT;
	else
		err = memctl_reservation_release(NETLINK_CB(request).sk,
						 id ? nla_get_u64(id) : 0,
						 name ? nla_data(name) : NULL);
	if (err)
		memctl_reserve_explain(info->extack, err);
	return err;
}

/* args[0]: the last id that was told. */
int memctl_netlink_reservation_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct memctl_reservation_info info;
	int err = memctl_admit(cb->skb, cb->extack);

	if (err)
		return err;
	if (nlmsg_attrlen(cb->nlh, GENL_HDRLEN)) {
		NL_SET_ERR_MSG(cb->extack,
			       "a dump lists all reservations and takes no attributes");
		return -EINVAL;
	}
	while (memctl_reservation_after(cb->args[0], &info)) {
		void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
					   &memctl_family, NLM_F_MULTI, MEMCTL_C_RESERVATION);

		err = header ? memctl_put_reservation(skb, &info) : -EMSGSIZE;
		if (err) {
			if (header)
				genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
		cb->args[0] = info.id;
	}
	return skb->len ?: err;
}
