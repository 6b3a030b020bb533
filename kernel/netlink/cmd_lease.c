// SPDX-License-Identifier: GPL-2.0
/*
 * Leases on the wire.
 */
#include <linux/moduleparam.h>
#include <linux/sched.h>

#include "event.h"
#include "lease/lease.h"
#include "mm/lru_disable.h"
#include "netlink/netlink.h"

#define MEMCTL_LRU_LONGEST_MAX 3600

/* A LEASE nest: header, id, pid, comm, two times, padding of each u64. */
#define MEMCTL_LEASE_SIZE (NLA_HDRLEN + nla_total_size(sizeof(u32)) +		\
			   nla_total_size(TASK_COMM_LEN) +			\
			   3 * nla_total_size_64bit(sizeof(u64)))

static unsigned int memctl_lru_longest = 60;

static int memctl_lru_longest_set(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, 1, MEMCTL_LRU_LONGEST_MAX);
}

static const struct kernel_param_ops memctl_lru_longest_ops = {
	.set = memctl_lru_longest_set,
	.get = param_get_uint,
};

module_param_cb(lru_longest_seconds, &memctl_lru_longest_ops, &memctl_lru_longest, 0644);
MODULE_PARM_DESC(lru_longest_seconds,
		 "the longest that a lease on the LRU caches lasts, 1 to 3600 s (default 60)");

const struct nla_policy memctl_lru_hold_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_SECONDS] = { .type = NLA_U32 },
};

const struct nla_policy memctl_lru_release_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_LEASE_ID] = { .type = NLA_U64 },
};

/* All of it, or without whose it is. */
static int memctl_put_lease_as(struct sk_buff *skb, const struct memctl_lease_info *info,
			       bool admin)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_A_LEASE);

	if (!nest || nla_put_u64_64bit(skb, MEMCTL_L_ID, info->id, MEMCTL_L_PAD) ||
	    (admin && nla_put_u32(skb, MEMCTL_L_PID, info->pid)) ||
	    (admin && nla_put_string(skb, MEMCTL_L_COMM, info->comm)) ||
	    nla_put_u64_64bit(skb, MEMCTL_L_HELD, info->held, MEMCTL_L_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_L_LEFT, info->left, MEMCTL_L_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int memctl_put_lease(const struct memctl_lease_info *info, void *skb)
{
	return memctl_put_lease_as(skb, info, true);
}

static int memctl_put_lease_for_all(const struct memctl_lease_info *info, void *skb)
{
	return memctl_put_lease_as(skb, info, false);
}

int memctl_netlink_lru_cache(struct sk_buff *request, struct genl_info *info)
{
	const char *refusal = memctl_mm_lru_refusal();
	struct sk_buff *skb;
	void *header;
	int err;

	skb = memctl_answer_sized(info, &header,
				  NLMSG_GOODSIZE + MEMCTL_LEASES_MAX * MEMCTL_LEASE_SIZE);
	if (!skb)
		return -ENOMEM;
	err = nla_put_u32(skb, MEMCTL_A_LRU_LONGEST, READ_ONCE(memctl_lru_longest));
	if (!err && refusal)
		err = nla_put_string(skb, MEMCTL_A_LRU_REASON, refusal);
	else if (!err)
		err = nla_put_u32(skb, MEMCTL_A_LRU_DISABLED, memctl_mm_lru_disabled());
	if (!err)
		err = memctl_leases_each(memctl_is_admin(request) ? memctl_put_lease :
								    memctl_put_lease_for_all, skb);
	return memctl_answer_send(info, skb, header, err);
}

/* The lease's duration; what is wrong with it is told. */
static int memctl_lru_seconds(struct genl_info *info, u32 *seconds)
{
	const struct nlattr *asked = info->attrs[MEMCTL_A_SECONDS];
	u32 longest = READ_ONCE(memctl_lru_longest);

	*seconds = asked ? nla_get_u32(asked) : longest;
	if (*seconds && *seconds <= longest)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, asked,
			    "a lease lasts at least 1 second, and at most the module's lru_longest_seconds");
	return -ERANGE;
}

/* The text for what memctl_lease_take() says. */
static void memctl_lru_explain(struct netlink_ext_ack *extack, int err)
{
	if (err == -EOPNOTSUPP && extack)
		extack->_msg = memctl_mm_lru_refusal();
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "as many leases are held as there may be");
	else if (err == -ESHUTDOWN)
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
}

int memctl_netlink_lru_hold(struct sk_buff *request, struct genl_info *info)
{
	struct sock *sock = NETLINK_CB(request).sk;
	struct memctl_lease_info lease = { .pid = task_tgid_nr(current) };
	struct sk_buff *skb;
	void *header;
	u32 seconds;
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
	if (!err)
		err = memctl_lru_seconds(info, &seconds);
	if (err)
		return err;
	skb = memctl_answer_new(info, &header);	/* before anything is taken */
	if (!skb)
		return -ENOMEM;
	get_task_comm(lease.comm, current->group_leader);
	err = memctl_lease_take(sock, &lease, seconds);
	if (err) {
		memctl_lru_explain(info->extack, err);
		return memctl_answer_send(info, skb, header, err);
	}
	err = memctl_answer_send(info, skb, header, memctl_put_lease(&lease, skb));
	if (err)	/* nobody knows of it */
		memctl_lease_release(sock, lease.id);
	return err;
}

int memctl_netlink_lru_release(struct sk_buff *request, struct genl_info *info)
{
	const struct nlattr *id = info->attrs[MEMCTL_A_LEASE_ID];
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
	if (err)
		return err;
	if (!id) {
		NL_SET_ERR_MSG(info->extack, "the lease's id is missing");
		return -EINVAL;
	}
	err = memctl_lease_release(NETLINK_CB(request).sk, nla_get_u64(id));
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "no lease of that id is held by this socket: it has ended, or is another's");
	return err;
}

/* Sent also where memory is awaited: without waiting for any. */
void memctl_netlink_lease(enum memctl_command event, const struct memctl_lease_info *info,
			  enum memctl_lease_cause cause)
{
	struct sk_buff *skb;
	void *header;
	int err;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_NOWAIT | __GFP_NOWARN);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &memctl_family, 0, event);
	err = header ? memctl_put_lease(info, skb) : -EMSGSIZE;
	if (!err && event == MEMCTL_C_LRU_ENDED)
		err = nla_put_u32(skb, MEMCTL_A_CAUSE, cause);
	memctl_event_send(skb, header, err, GFP_NOWAIT | __GFP_NOWARN);
}
