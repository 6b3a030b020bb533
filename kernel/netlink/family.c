// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink family "memctl": what uapi/memctl.h describes. Requests run in
 * their sender's context, side by side. Generic netlink's lock is held around a doit, and
 * around the first call of a dump, for reading; but who wants it for writing, to bring a
 * family of its own, keeps all others out. So these are short. What takes long (EVACUATE,
 * FENCE_HOLD, SURVEY, RESERVE, COMPACT) is a dump, whose other calls come with its asker's
 * recvmsg(), without the lock.
 */
#include <linux/mm.h>

#include "event.h"
#include "mm/genl.h"
#include "netlink/netlink.h"

static const struct genl_multicast_group memctl_groups[] = {
	MEMCTL_GROUP(MEMCTL_GENL_EVENTS),
};

static const struct nla_policy memctl_no_policy[MEMCTL_A_MAX + 1] = {};

struct sk_buff *memctl_answer_sized(struct genl_info *info, void **header, size_t size)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &memctl_family, 0, info->genlhdr->cmd);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

struct sk_buff *memctl_answer_new(struct genl_info *info, void **header)
{
	return memctl_answer_sized(info, header, NLMSG_GOODSIZE);
}

int memctl_answer_send(struct genl_info *info, struct sk_buff *skb, void *header, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

void memctl_event_send(struct sk_buff *skb, void *header, int err, gfp_t gfp)
{
	if (err || !MEMCTL_GROUPS_GUARDED) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast(&memctl_family, skb, 0, 0, gfp);
}

bool memctl_is_admin(const struct sk_buff *request)
{
	return netlink_capable(request, CAP_SYS_ADMIN);
}

int memctl_admit(const struct sk_buff *request, struct netlink_ext_ack *extack)
{
	if (memctl_is_admin(request))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "moving memory, holding it or seeing whose it is needs CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

/* Anyone may ask for counts. A request that is new is not for everybody until it is listed here. */
static bool memctl_for_everybody(u8 command)
{
	return command == MEMCTL_C_INFO || command == MEMCTL_C_PROVIDER ||
	       command == MEMCTL_C_LRU_CACHE || command == MEMCTL_C_FENCE;
}

/* Before each request that is no dump; a dump has to ask itself. */
static int memctl_pre_doit(const struct memctl_genl_op *op, struct sk_buff *request,
			   struct genl_info *info)
{
	return memctl_for_everybody(op->cmd) ? 0 : memctl_admit(request, info->extack);
}

static const struct genl_ops memctl_ops[] = {
	{
		.cmd = MEMCTL_C_INFO,
		.doit = memctl_netlink_info,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_PROVIDER,
		.doit = memctl_netlink_provider_get,
		.dumpit = memctl_netlink_provider_dump,
		.policy = memctl_provider_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_EVACUATE,
		.dumpit = memctl_netlink_evacuate_dump,
		.done = memctl_netlink_evacuate_done,
		.policy = memctl_evacuate_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_LRU_CACHE,
		.doit = memctl_netlink_lru_cache,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_LRU_HOLD,
		.doit = memctl_netlink_lru_hold,
		.policy = memctl_lru_hold_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_LRU_RELEASE,
		.doit = memctl_netlink_lru_release,
		.policy = memctl_lru_release_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_SURVEY,
		.dumpit = memctl_netlink_survey_dump,
		.done = memctl_netlink_survey_done,
		.policy = memctl_survey_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_FENCE,
		.doit = memctl_netlink_fence_list,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_FENCE_RAISE,
		.doit = memctl_netlink_fence_raise,
		.policy = memctl_fence_raise_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_FENCE_HOLD,
		.dumpit = memctl_netlink_fence_hold_dump,
		.done = memctl_netlink_fence_hold_done,
		.policy = memctl_fence_hold_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_FENCE_DROP,
		.doit = memctl_netlink_fence_drop,
		.policy = memctl_fence_drop_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_LRU_HOT,
		.doit = memctl_netlink_hot,
		.policy = memctl_hot_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_CMA,
		.dumpit = memctl_netlink_cma_dump,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_CMA_MAP,
		.dumpit = memctl_netlink_cma_map_dump,
		.policy = memctl_cma_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_CMA_HOLDER,
		.dumpit = memctl_netlink_cma_holder_dump,
		.policy = memctl_cma_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_CMA_FAILURE,
		.dumpit = memctl_netlink_cma_failure_dump,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_RESERVE,
		.dumpit = memctl_netlink_reserve_dump,
		.done = memctl_netlink_reserve_done,
		.policy = memctl_reserve_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_RELEASE,
		.doit = memctl_netlink_release,
		.policy = memctl_release_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_RESERVATION,
		.dumpit = memctl_netlink_reservation_dump,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_WARM,
		.doit = memctl_netlink_warm,
		.policy = memctl_no_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_WARM_SET,
		.doit = memctl_netlink_warm_set,
		.policy = memctl_warm_set_policy,
		.maxattr = MEMCTL_A_MAX,
	},
	{
		.cmd = MEMCTL_C_COMPACT,
		.dumpit = memctl_netlink_compact_dump,
		.done = memctl_netlink_compact_done,
		.policy = memctl_compact_policy,
		.maxattr = MEMCTL_A_MAX,
	},
};

struct genl_family memctl_family __ro_after_init = {
	.name = MEMCTL_GENL_NAME,
	.version = MEMCTL_GENL_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.pre_doit = memctl_pre_doit,
	.ops = memctl_ops,
	.n_ops = ARRAY_SIZE(memctl_ops),
	.resv_start_op = MEMCTL_C_INFO,
	.mcgrps = memctl_groups,
	.n_mcgrps = MEMCTL_GROUPS_GUARDED ? ARRAY_SIZE(memctl_groups) : 0,
};

int memctl_netlink_init(void)
{
	int err = memctl_netlink_closing_init();

	if (err)
		return err;
	err = genl_register_family(&memctl_family);
	if (err)
		memctl_netlink_closing_exit();
	return err;
}

void memctl_netlink_exit(void)
{
	genl_unregister_family(&memctl_family);
	memctl_netlink_closing_exit();
}
