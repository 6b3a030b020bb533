// SPDX-License-Identifier: GPL-2.0
/*
 * The warm reserve on the wire.
 */

#include "contig/warm.h"
#include "mm/contig.h"
#include "netlink/netlink.h"

const struct nla_policy memctl_warm_set_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_PAGES] = { .type = NLA_U64 },
	[MEMCTL_A_NODE] = { .type = NLA_U32 },
};

static int memctl_put_warm(struct sk_buff *skb)
{
	struct memctl_warm_info info;
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_A_WARM);

	memctl_warm_tell(&info);
	if (!nest || nla_put_u64_64bit(skb, MEMCTL_W_TARGET, info.target, MEMCTL_W_PAD) ||
	    (info.node != NUMA_NO_NODE && nla_put_u32(skb, MEMCTL_W_NODE, info.node)) ||
	    nla_put_u64_64bit(skb, MEMCTL_W_PAGES, info.pages, MEMCTL_W_PAD) ||
	    nla_put_u32(skb, MEMCTL_W_RUNS, info.runs) ||
	    nla_put_u64_64bit(skb, MEMCTL_W_LONGEST, info.longest, MEMCTL_W_PAD) ||
	    (info.is_short && nla_put_flag(skb, MEMCTL_W_SHORT)) ||
	    nla_put_u64_64bit(skb, MEMCTL_W_SERVED, info.served, MEMCTL_W_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_W_MISSED, info.missed, MEMCTL_W_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_W_GIVEN, info.given, MEMCTL_W_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_W_FILLED, info.filled, MEMCTL_W_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int memctl_warm_answer(struct genl_info *info)
{
	struct sk_buff *skb;
	void *header;

	skb = memctl_answer_new(info, &header);
	return skb ? memctl_answer_send(info, skb, header, memctl_put_warm(skb)) : -ENOMEM;
}

int memctl_netlink_warm(struct sk_buff *request, struct genl_info *info)
{
	return memctl_warm_answer(info);
}

static int memctl_warm_parse(struct genl_info *info, unsigned long *pages, int *node)
{
	struct nlattr *attr = info->attrs[MEMCTL_A_PAGES];
	int err = memctl_no_duplicates(info->nlhdr, info->extack);

	if (err)
		return err;
	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "the number of pages is missing");
		return -EINVAL;
	}
	*pages = nla_get_u64(attr);
	return memctl_node_parse(info->attrs[MEMCTL_A_NODE], info->extack, node);
}

int memctl_netlink_warm_set(struct sk_buff *request, struct genl_info *info)
{
	unsigned long pages;
	int node, err;

	if (!memctl_mm_can_take()) {
		NL_SET_ERR_MSG(info->extack, "this kernel was built without CONFIG_CONTIG_ALLOC");
		return -EOPNOTSUPP;
	}
	err = memctl_warm_parse(info, &pages, &node);
	if (err)
		return err;
	err = memctl_warm_set(pages, node);
	if (err == -ERANGE)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[MEMCTL_A_PAGES],
				    "that is more than half of the memory there");
	return err ?: memctl_warm_answer(info);
}
