// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_EVACUATE: a request checked, carried out, answered and told to all.
 *
 * It is a dump: so it goes on while its asker receives, in the asker's context and without
 * generic netlink's lock, a step before each message. A driver's prepare() may take long.
 */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "evacuate/evacuate.h"
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
	[MEMCTL_A_PAGES_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &memctl_pages_max),
};

struct memctl_evacuate_dump {
	struct memctl_evacuation ev;
	bool over;
};

static struct memctl_evacuate_dump *memctl_dump(struct netlink_callback *cb)
{
	return (struct memctl_evacuate_dump *)cb->args[0];
}

/* The request's numbers, each checked; what is wrong is told. */
static int memctl_evacuate_parse(struct netlink_callback *cb, struct memctl_evacuation *ev)
{
	struct nlattr *attrs[MEMCTL_A_MAX + 1];
	u64 start, end, next;
	int err;

	err = memctl_admit(cb->skb, cb->extack);
	if (!err)
		err = nlmsg_parse(cb->nlh, GENL_HDRLEN, attrs, MEMCTL_A_MAX,
				  memctl_evacuate_policy, cb->extack);
	if (!err)
		err = memctl_no_duplicates(cb->nlh, cb->extack);
	if (!err)
		err = memctl_range_parse_next(attrs, cb->extack, &start, &end, &next);
	if (err)
		return err;
	ev->start = start;
	ev->end = end;
	ev->next = next;
	ev->max = attrs[MEMCTL_A_PAGES_MAX] ? nla_get_u32(attrs[MEMCTL_A_PAGES_MAX]) : U64_MAX;
	ev->node = NUMA_NO_NODE;
	if (attrs[MEMCTL_A_NODE]) {
		u32 node = nla_get_u32(attrs[MEMCTL_A_NODE]);

		if (node >= MAX_NUMNODES || !node_state(node, N_MEMORY)) {
			NL_SET_ERR_MSG_ATTR(cb->extack, attrs[MEMCTL_A_NODE],
					    "there is no such node, or it has no memory");
			return -EINVAL;
		}
		ev->node = node;
	}
	err = memctl_evacuate_has_memory(start, end);
	if (err)
		return min(err, 0);
	NL_SET_ERR_MSG_ATTR(cb->extack, attrs[MEMCTL_A_START_PFN],
			    "no online memory lies in the range");
	return -ERANGE;
}

/* Not in .start(): see cmd_survey.c. */
static int memctl_evacuate_begin(struct netlink_callback *cb)
{
	struct memctl_evacuate_dump *dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	int err;

	if (!dump)
		return -ENOMEM;
	err = memctl_evacuate_parse(cb, &dump->ev);
	if (err) {
		kfree(dump);
		return err;
	}
	cb->args[0] = (long)dump;
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

/* The first message comes before the first step: that one is still under the lock. */
int memctl_netlink_evacuate_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct memctl_evacuate_dump *dump = memctl_dump(cb);
	void *header;
	int err = 0;

	if (dump && dump->over)
		return 0;
	if (!dump) {
		err = memctl_evacuate_begin(cb);
	} else {
		err = memctl_evacuate(&dump->ev);
		dump->over = err || dump->ev.next == dump->ev.end || !dump->ev.max ||
			     signal_pending(current);
	}
	if (err)
		return err;
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &memctl_family,
			     NLM_F_MULTI, MEMCTL_C_EVACUATE);
	if (!header || memctl_put_evacuation(skb, &memctl_dump(cb)->ev))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return skb->len;
}

int memctl_netlink_evacuate_done(struct netlink_callback *cb)
{
	struct memctl_evacuate_dump *dump = memctl_dump(cb);

	if (dump)
		memctl_event_evacuated(&dump->ev);
	kfree(dump);
	return 0;
}
