// SPDX-License-Identifier: GPL-2.0
/*
 * Providers on the wire: one by its name, a dump of all, and their coming and going.
 */
#include "event.h"
#include "netlink/netlink.h"
#include "provider/provider.h"

const struct nla_policy memctl_provider_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_NAME] = { .type = NLA_NUL_STRING, .len = MEMCTL_NAME_MAX },
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

int memctl_netlink_provider_get(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *name = info->attrs[MEMCTL_A_NAME];
	struct memctl_provider *provider;
	struct sk_buff *skb;
	void *header;
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
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

int memctl_netlink_provider_dump(struct sk_buff *skb, struct netlink_callback *cb)
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

void memctl_netlink_provider(struct memctl_provider *provider, enum memctl_command event)
{
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &memctl_family, 0, event);
	memctl_event_send(skb, header, header ? memctl_put_provider(skb, provider) : -EMSGSIZE,
			  GFP_KERNEL);
}
