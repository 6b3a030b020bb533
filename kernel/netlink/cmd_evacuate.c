// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_EVACUATE: a request checked, carried out, answered and told to all. Between its
 * messages drivers move their pages, which may take long.
 */
#include <linux/mm.h>

#include "evacuate/evacuate.h"
#include "mm/genl.h"
#include "netlink/netlink.h"

static const struct netlink_range_validation memctl_pages_max = {
	.min = 1,
	.max = U32_MAX,
};

const struct nla_policy memctl_evacuate_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_NEXT_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_NODE] = { .type = NLA_U32 },
	[MEMCTL_A_PAGES_MAX] = MEMCTL_POLICY_RANGE(NLA_U32, &memctl_pages_max),
};

/* The request's numbers, each checked; what is wrong is told. */
static int memctl_evacuate_begin(struct netlink_callback *cb, struct nlattr **attrs, void *state)
{
	struct memctl_evacuation *ev = state;
	u64 start, end, next;
	int err = memctl_range_parse_next(attrs, cb->extack, &start, &end, &next);

	if (err)
		return err;
	ev->start = start;
	ev->end = end;
	ev->next = next;
	ev->max = attrs[MEMCTL_A_PAGES_MAX] ? nla_get_u32(attrs[MEMCTL_A_PAGES_MAX]) : U64_MAX;
	err = memctl_node_parse(attrs[MEMCTL_A_NODE], cb->extack, &ev->node);
	if (err)
		return err;
	err = memctl_evacuate_has_memory(start, end);
	if (err)
		return min(err, 0);
	NL_SET_ERR_MSG_ATTR(cb->extack, attrs[MEMCTL_A_START_PFN],
			    "no online memory lies in the range");
	return -ERANGE;
}

static int memctl_evacuate_step(struct netlink_callback *cb, void *state)
{
	return memctl_evacuate(state);
}

static bool memctl_evacuate_is_over(const void *state)
{
	const struct memctl_evacuation *ev = state;

	return ev->next == ev->end || !ev->max;
}

static int memctl_put_evacuation(struct sk_buff *skb, const void *state)
{
	const struct memctl_evacuation *ev = state;

	if (nla_put_u64_64bit(skb, MEMCTL_A_NEXT_PFN, ev->next, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_MOVED, ev->moved, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_FAILED, ev->failed, MEMCTL_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static void memctl_event_evacuated(void *state)
{
	const struct memctl_evacuation *ev = state;
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

static const struct memctl_work memctl_evacuate_work = {
	.command = MEMCTL_C_EVACUATE,
	.policy = memctl_evacuate_policy,
	.size = sizeof(struct memctl_evacuation),
	.begin = memctl_evacuate_begin,
	.step = memctl_evacuate_step,
	.is_over = memctl_evacuate_is_over,
	.put = memctl_put_evacuation,
	.end = memctl_event_evacuated,
};

int memctl_netlink_evacuate_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return memctl_work_dump(skb, cb, &memctl_evacuate_work);
}

int memctl_netlink_evacuate_done(struct netlink_callback *cb)
{
	return memctl_work_done(cb, &memctl_evacuate_work);
}
