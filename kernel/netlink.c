// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink family "memctl": what uapi/memctl.h describes. Requests run in
 * their sender's context, side by side; each is bounded.
 */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/utsname.h>
#include <net/genetlink.h>
#include <generated/utsrelease.h>

#include "evacuate.h"
#include "netlink.h"
#include "provider.h"

static struct genl_family memctl_family;

static const struct genl_multicast_group memctl_groups[] = {
	{ .name = MEMCTL_GENL_EVENTS },
};

static const struct nla_policy memctl_no_policy[MEMCTL_A_MAX + 1] = {};

static const struct nla_policy memctl_provider_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_NAME] = { .type = NLA_NUL_STRING, .len = MEMCTL_NAME_MAX },
};

static const struct netlink_range_validation memctl_pfns_max = {
	.min = 1,
	.max = MEMCTL_EVACUATE_MAX,
};

static const struct nla_policy memctl_evacuate_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_NEXT_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_NODE] = { .type = NLA_U32 },
	[MEMCTL_A_PFNS_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &memctl_pfns_max),
};

static int memctl_put_failures(struct sk_buff *skb, const struct memctl_counters *counters)
{
	unsigned int i;

	for (i = 0; i < MEMCTL_FAILURES; i++) {
		const struct memctl_failure *failure = &counters->failures[i];
		struct nlattr *nest;

		if (!failure->count)
			continue;
		nest = nla_nest_start(skb, MEMCTL_P_FAILURE);
		if (!nest || nla_put_u32(skb, MEMCTL_F_ERRNO, failure->error) ||
		    nla_put_u64_64bit(skb, MEMCTL_F_COUNT, failure->count, MEMCTL_F_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int memctl_put_provider(struct sk_buff *skb, struct memctl_provider *provider)
{
	struct memctl_counters counters;
	struct nlattr *nest;

	memctl_provider_counters(provider, &counters);
	nest = nla_nest_start(skb, MEMCTL_A_PROVIDER);
	if (!nest || nla_put_string(skb, MEMCTL_P_NAME, provider->name) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_PAGES, counters.pages, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_ISOLATED, counters.isolated, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_MIGRATED, counters.migrated, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_RETRIED, counters.retried, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_REFUSED, counters.refused, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_FAILED, counters.failed, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_BATCHES, counters.batches, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_BYTES, counters.bytes, MEMCTL_P_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_P_LONGEST_PAUSE, counters.longest_pause,
			      MEMCTL_P_PAD) ||
	    memctl_put_failures(skb, &counters))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The parser would take the last of several: whoever sends two means neither. */
static int memctl_no_duplicates(struct genl_info *info)
{
	DECLARE_BITMAP(seen, MEMCTL_A_MAX + 1) = {};
	const struct nlattr *attr;
	int left;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		if (__test_and_set_bit(nla_type(attr), seen)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "the attribute is given twice");
			return -EINVAL;
		}
	}
	return 0;
}

/* An answer with its header, or NULL. */
static struct sk_buff *memctl_answer_new(struct genl_info *info, void **header)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &memctl_family, 0, info->genlhdr->cmd);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int memctl_answer_send(struct genl_info *info, struct sk_buff *skb, void *header, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int memctl_info(struct sk_buff *request, struct genl_info *info)
{
	u32 abilities = MEMCTL_ABILITY_MOVABLE | MEMCTL_ABILITY_EVACUATE | MEMCTL_ABILITY_HEAP;
	struct sk_buff *skb;
	void *header;
	int err = 0;

	skb = memctl_answer_new(info, &header);
	if (!skb)
		return -ENOMEM;
	if (nla_put_string(skb, MEMCTL_A_VERSION, MEMCTL_MODULE_VERSION) ||
	    nla_put_u32(skb, MEMCTL_A_ABILITIES, abilities) ||
	    nla_put_string(skb, MEMCTL_A_BINDING, memctl_mm_binding) ||
	    nla_put_string(skb, MEMCTL_A_KERNEL, UTS_RELEASE) ||
	    nla_put_u32(skb, MEMCTL_A_PAGE_SIZE, PAGE_SIZE))
		err = -EMSGSIZE;
	return memctl_answer_send(info, skb, header, err);
}

static int memctl_provider_get(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *name = info->attrs[MEMCTL_A_NAME];
	struct memctl_provider *provider;
	struct sk_buff *skb;
	void *header;
	int err;

	err = memctl_no_duplicates(info);
	if (err)
		return err;
	if (!name) {
		NL_SET_ERR_MSG(info->extack, "the provider's name is missing");
		return -EINVAL;
	}
	provider = memctl_provider_find(nla_data(name));
	if (!provider) {
		NL_SET_ERR_MSG_ATTR(info->extack, name, "no provider of that name is registered");
		return -ENOENT;
	}
	skb = memctl_answer_new(info, &header);
	if (skb)
		err = memctl_answer_send(info, skb, header, memctl_put_provider(skb, provider));
	else
		err = -ENOMEM;
	memctl_provider_put(provider);
	return err;
}

static int memctl_provider_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct memctl_provider *provider;
	void *header;
	int err = 0;

	if (nlmsg_attrlen(cb->nlh, GENL_HDRLEN)) {
		NL_SET_ERR_MSG(cb->extack, "a dump lists all providers and takes no attributes");
		return -EINVAL;
	}
	cb->seq = memctl_provider_generation();
	while (!err && (provider = memctl_provider_at(cb->args[0]))) {
		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				     &memctl_family, NLM_F_MULTI, MEMCTL_C_PROVIDER);
		err = header ? memctl_put_provider(skb, provider) : -EMSGSIZE;
		memctl_provider_put(provider);
		if (err) {
			if (header)
				genlmsg_cancel(skb, header);
			break;
		}
		genl_dump_check_consistent(cb, header);
		genlmsg_end(skb, header);
		cb->args[0]++;
	}
	return skb->len ?: err;
}

/* The request's numbers, each checked; what is wrong is told. */
static int memctl_evacuate_parse(struct genl_info *info, struct memctl_evacuation *ev)
{
	struct nlattr **attrs = info->attrs;
	u64 start, end, next, limit = 1ULL << (MAX_PHYSMEM_BITS - PAGE_SHIFT);

	if (!attrs[MEMCTL_A_START_PFN] || !attrs[MEMCTL_A_END_PFN]) {
		NL_SET_ERR_MSG(info->extack, "the range's first pfn or its end is missing");
		return -EINVAL;
	}
	start = nla_get_u64(attrs[MEMCTL_A_START_PFN]);
	end = nla_get_u64(attrs[MEMCTL_A_END_PFN]);
	next = attrs[MEMCTL_A_NEXT_PFN] ? nla_get_u64(attrs[MEMCTL_A_NEXT_PFN]) : start;
	if (start >= end) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[MEMCTL_A_END_PFN],
				    "the range is empty: its end is not above its first pfn");
		return -EINVAL;
	}
	if (end > limit) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[MEMCTL_A_END_PFN],
				    "the range ends above all memory that this machine can have");
		return -ERANGE;
	}
	if (next < start || next > end) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[MEMCTL_A_NEXT_PFN],
				    "the pfn to begin at is not in the range");
		return -EINVAL;
	}
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

/* Nobody has to listen, and an event that found no memory is lost. */
static void memctl_event_evacuated(const struct memctl_evacuation *ev)
{
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &memctl_family, 0, MEMCTL_C_EVACUATED);
	if (!header || nla_put_u64_64bit(skb, MEMCTL_A_START_PFN, ev->start, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_END_PFN, ev->end, MEMCTL_A_PAD) ||
	    memctl_put_evacuation(skb, ev)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast(&memctl_family, skb, 0, 0, GFP_KERNEL);
}

static int memctl_evacuate_request(struct sk_buff *request, struct genl_info *info)
{
	struct memctl_evacuation ev = {};
	struct sk_buff *skb;
	void *header;
	int err;

	err = memctl_no_duplicates(info);
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

void memctl_netlink_provider(struct memctl_provider *provider, enum memctl_command event)
{
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &memctl_family, 0, event);
	if (!header || memctl_put_provider(skb, provider)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast(&memctl_family, skb, 0, 0, GFP_KERNEL);
}

static const struct genl_ops memctl_ops[] = {
	{
		.cmd = MEMCTL_C_INFO,
		.doit = memctl_info,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_PROVIDER,
		.doit = memctl_provider_get,
		.dumpit = memctl_provider_dump,
		.policy = memctl_provider_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_EVACUATE,
		.flags = GENL_ADMIN_PERM,
		.doit = memctl_evacuate_request,
		.policy = memctl_evacuate_policy,
		.maxattr = MEMCTL_A_MAX,
	},
};

static struct genl_family memctl_family __ro_after_init = {
	.name = MEMCTL_GENL_NAME,
	.version = MEMCTL_GENL_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.ops = memctl_ops,
	.n_ops = ARRAY_SIZE(memctl_ops),
	.resv_start_op = MEMCTL_C_INFO,
	.mcgrps = memctl_groups,
	.n_mcgrps = ARRAY_SIZE(memctl_groups),
};

int __init memctl_netlink_init(void)
{
	return genl_register_family(&memctl_family);
}

void memctl_netlink_exit(void)
{
	genl_unregister_family(&memctl_family);
}
