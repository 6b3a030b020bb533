// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_EVACUATE: a request checked, carried out, answered and told to all.
 */
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "evacuate/evacuate.h"
#include "netlink/netlink.h"

static const struct netlink_range_validation memctl_pfns_max = {
	.min = 1,
	.max = MEMCTL_EVACUATE_MAX,
};

const struct nla_policy memctl_evacuate_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_NEXT_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_NODE] = { .type = NLA_U32 },
	[MEMCTL_A_PFNS_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &memctl_pfns_max),
};

/* The request's numbers, each checked; what is wrong is told. */
static int memctl_evacuate_parse(struct genl_info *info, struct memctl_evacuation *ev)
{
	struct nlattr **attrs = info->attrs;
	u64 start, end, next;
	int err;

	err = memctl_range_parse_next(attrs, info->extack, &start, &end, &next);
	if (err)
		return err;
	ev->start = start;
	ev->end = end;
	ev->next = next;
	ev->max = attrs[MEMCTL_A_PFNS_MAX] ? nla_get_u32(attrs[MEMCTL_A_PFNS_MAX]) :
					     MEMCTL_EVACUATE_MAX;
	ev->node = NUMA_NO_NODE;
	if (attrs[MEMCTL_A_NODE]) {
		u32 node = nla_get_u32(attrs[MEMCTL_A_NODE]);

		if (node >= MAX_NUMNODES || !node_state(node, N_MEMORY)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attrs[MEMCTL_A_NODE],
					    "there is no such node, or it has no memory");
			return -EINVAL;
		}
		ev->node = node;
	}
	return 0;
}

static int memctl_put_evacuation(struct sk_buff *skb, const struct memctl_evacuation *ev)
{
	if (nla_put_u64_64bit(skb, MEMCTL_A_NEXT_PFN, ev->next, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_MOVED, ev->moved, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_FAILED, ev->failed, MEMCTL_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static void memctl_event_evacuated(const struct memctl_evacuation *ev)
{
	struct sk_buff *skb;
	void *header;
	int err = -EMSGSIZE;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &memctl_family, 0, MEMCTL_C_EVACUATED);
	if (header && !nla_put_u64_64bit(skb, MEMCTL_A_START_PFN, ev->start, MEMCTL_A_PAD) &&
	    !nla_put_u64_64bit(skb, MEMCTL_A_END_PFN, ev->end, MEMCTL_A_PAD))
		err = memctl_put_evacuation(skb, ev);
	memctl_event_send(skb, header, err, GFP_KERNEL);
}

int memctl_netlink_evacuate(struct sk_buff *request, struct genl_info *info)
{
	struct memctl_evacuation ev = {};
	struct sk_buff *skb;
	void *header;
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
	if (!err)
		err = memctl_evacuate_parse(info, &ev);
	if (err)
		return err;
	err = memctl_evacuate_has_memory(ev.start, ev.end);
	if (err < 0)
		return err;
	if (!err) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[MEMCTL_A_START_PFN],
				    "no online memory lies in the range");
		return -ERANGE;
	}
	skb = memctl_answer_new(info, &header);	/* before anything moves */
	if (!skb)
		return -ENOMEM;
	err = memctl_evacuate(&ev);
	if (!err) {
		memctl_event_evacuated(&ev);
		err = memctl_put_evacuation(skb, &ev);
	}
	return memctl_answer_send(info, skb, header, err);
}
