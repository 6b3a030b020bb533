// SPDX-License-Identifier: GPL-2.0
/*
 * Fences on the wire.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "evacuate/evacuate.h"
#include "event.h"
#include "fence/fence.h"
#include "mm/genl.h"
#include "netlink/netlink.h"

/* A FENCE nest: header, id, pid, comm, four numbers, padding of each u64. */
#define MEMCTL_FENCE_SIZE (NLA_HDRLEN + nla_total_size(sizeof(u32)) +		\
			   nla_total_size(TASK_COMM_LEN) +			\
			   5 * nla_total_size_64bit(sizeof(u64)))

static const struct netlink_range_validation memctl_fence_step = {
	.min = 1,
	.max = MEMCTL_FENCE_STEP_MAX,
};

static const struct netlink_range_validation memctl_fence_what_range = {
	.min = MEMCTL_FENCE_FREE,
	.max = MEMCTL_FENCE_SCATTERED,
};

static const struct netlink_range_validation memctl_fence_smallest_range = {
	.min = 1,
	.max = MEMCTL_FENCE_SMALLEST_MAX,
};

const struct nla_policy memctl_fence_raise_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
};

const struct nla_policy memctl_fence_hold_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_FENCE_ID] = { .type = NLA_U64 },
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_NEXT_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_PFNS_MAX] = MEMCTL_POLICY_RANGE(NLA_U32, &memctl_fence_step),
	[MEMCTL_A_FENCE_WHAT] = MEMCTL_POLICY_RANGE(NLA_U32, &memctl_fence_what_range),
	[MEMCTL_A_FENCE_SMALLEST] = MEMCTL_POLICY_RANGE(NLA_U32, &memctl_fence_smallest_range),
};

const struct nla_policy memctl_fence_drop_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_FENCE_ID] = { .type = NLA_U64 },
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
};

/* Whose it is, and where. */
static int memctl_put_fence_admin(struct sk_buff *skb, const struct memctl_fence_info *info)
{
	return nla_put_u32(skb, MEMCTL_FENCE_A_PID, info->pid) ||
	       nla_put_string(skb, MEMCTL_FENCE_A_COMM, info->comm) ||
	       nla_put_u64_64bit(skb, MEMCTL_FENCE_A_START_PFN, info->start, MEMCTL_FENCE_A_PAD) ||
	       nla_put_u64_64bit(skb, MEMCTL_FENCE_A_END_PFN, info->end, MEMCTL_FENCE_A_PAD) ?
	       -EMSGSIZE : 0;
}

static int memctl_put_fence_as(struct sk_buff *skb, const struct memctl_fence_info *info,
			       bool admin)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_A_FENCE);

	if (!nest || nla_put_u64_64bit(skb, MEMCTL_FENCE_A_ID, info->id, MEMCTL_FENCE_A_PAD) ||
	    (admin && memctl_put_fence_admin(skb, info)) ||
	    nla_put_u64_64bit(skb, MEMCTL_FENCE_A_HELD, info->held, MEMCTL_FENCE_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_FENCE_A_GIVEN, info->given, MEMCTL_FENCE_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int memctl_put_fence(const struct memctl_fence_info *info, void *skb)
{
	return memctl_put_fence_as(skb, info, true);
}

static int memctl_put_fence_for_all(const struct memctl_fence_info *info, void *skb)
{
	return memctl_put_fence_as(skb, info, false);
}

static int memctl_put_range(struct sk_buff *skb, unsigned long start, unsigned long end)
{
	return nla_put_u64_64bit(skb, MEMCTL_A_START_PFN, start, MEMCTL_A_PAD) ||
	       nla_put_u64_64bit(skb, MEMCTL_A_END_PFN, end, MEMCTL_A_PAD) ? -EMSGSIZE : 0;
}

static int memctl_put_request(struct sk_buff *skb, const struct memctl_fence_request *request)
{
	return nla_put_u64_64bit(skb, MEMCTL_A_NEXT_PFN, request->next, MEMCTL_A_PAD) ||
	       nla_put_u64_64bit(skb, MEMCTL_A_FAILED, request->failed, MEMCTL_A_PAD) ?
	       -EMSGSIZE : 0;
}

/* Sent also where memory is awaited: without waiting for any. */
#define MEMCTL_EVENT_GFP (GFP_NOWAIT | __GFP_NOWARN)

/* NULL: it is lost. */
static struct sk_buff *memctl_event_new(enum memctl_command event,
					const struct memctl_fence_info *info, void **header)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, MEMCTL_EVENT_GFP);

	if (!skb)
		return NULL;
	*header = genlmsg_put(skb, 0, 0, &memctl_family, 0, event);
	if (*header && !memctl_put_fence(info, skb))
		return skb;
	nlmsg_free(skb);
	return NULL;
}

void memctl_netlink_fence(enum memctl_command event, const struct memctl_fence_info *info,
			  enum memctl_fence_cause cause)
{
	void *header;
	struct sk_buff *skb = memctl_event_new(event, info, &header);

	if (skb)
		memctl_event_send(skb, header, event == MEMCTL_C_FENCE_FELL ?
				  nla_put_u32(skb, MEMCTL_A_FENCE_CAUSE, cause) : 0,
				  MEMCTL_EVENT_GFP);
}

void memctl_netlink_fence_gave(const struct memctl_fence_info *info, unsigned long start,
			       unsigned long end)
{
	void *header;
	struct sk_buff *skb = memctl_event_new(MEMCTL_C_FENCE_GAVE, info, &header);

	if (skb)
		memctl_event_send(skb, header, memctl_put_range(skb, start, end), MEMCTL_EVENT_GFP);
}

static void memctl_event_held(const struct memctl_fence_info *info,
			      const struct memctl_fence_request *request)
{
	void *header;
	struct sk_buff *skb = memctl_event_new(MEMCTL_C_FENCE_HELD, info, &header);

	if (skb)
		memctl_event_send(skb, header,
				  memctl_put_range(skb, request->start, request->end) ?:
				  memctl_put_request(skb, request), MEMCTL_EVENT_GFP);
}

int memctl_netlink_fence_list(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb;
	void *header;

	skb = memctl_answer_sized(info, &header,
				  NLMSG_GOODSIZE + MEMCTL_FENCES_MAX * MEMCTL_FENCE_SIZE);
	if (!skb)
		return -ENOMEM;
	return memctl_answer_send(info, skb, header,
				  memctl_fences_each(memctl_is_admin(request) ?
						     memctl_put_fence :
						     memctl_put_fence_for_all, skb));
}

static int memctl_fence_on_borders(struct genl_info *info, u64 start, u64 end)
{
	int err;

	if (!IS_ALIGNED(start | end, PAGES_PER_SECTION)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[MEMCTL_A_START_PFN],
				    "the range does not begin and end on borders of memory sections");
		return -EINVAL;
	}
	err = memctl_evacuate_has_memory(start, end);
	if (err < 0)
		return err;
	if (err)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[MEMCTL_A_START_PFN],
			    "no online memory lies in the range");
	return -ERANGE;
}

/* The text for what fence/ says. */
static void memctl_fence_explain(struct netlink_ext_ack *extack, int err)
{
	switch (err) {
	case -EOPNOTSUPP:
		NL_SET_ERR_MSG(extack, "this kernel has no CONFIG_CONTIG_ALLOC");
		break;
	case -EBUSY:
		NL_SET_ERR_MSG(extack, "the range overlaps another fence");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "there are as many fences as there may be");
		break;
	case -ESHUTDOWN:
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG(extack,
			       "this socket has no such fence: it has fallen, or is another's");
		break;
	case -ERANGE:
		NL_SET_ERR_MSG(extack, "the range is not in the fence");
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack, "what is in use in the range finds no room elsewhere");
		break;
	}
}

int memctl_netlink_fence_raise(struct sk_buff *request, struct genl_info *info)
{
	struct sock *sock = NETLINK_CB(request).sk;
	struct memctl_fence_info fence = { .pid = task_tgid_nr(current) };
	struct sk_buff *skb;
	void *header;
	u64 start, end;
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
	if (!err)
		err = memctl_range_parse(info->attrs, info->extack, &start, &end);
	if (!err)
		err = memctl_fence_on_borders(info, start, end);
	if (err)
		return err;
	skb = memctl_answer_new(info, &header);	/* before there is one */
	if (!skb)
		return -ENOMEM;
	get_task_comm(fence.comm, current->group_leader);
	fence.start = start;
	fence.end = end;
	err = memctl_fence_raise(sock, &fence);
	if (err) {
		memctl_fence_explain(info->extack, err);
		return memctl_answer_send(info, skb, header, err);
	}
	err = memctl_answer_send(info, skb, header, memctl_put_fence(&fence, skb));
	if (err)	/* nobody knows of it */
		memctl_fence_drop(sock, fence.id, 0, 0);
	return err;
}

static int memctl_fence_id(struct nlattr **attrs, struct netlink_ext_ack *extack, u64 *id)
{
	if (!attrs[MEMCTL_A_FENCE_ID]) {
		NL_SET_ERR_MSG(extack, "the fence's id is missing");
		return -EINVAL;
	}
	*id = nla_get_u64(attrs[MEMCTL_A_FENCE_ID]);
	return 0;
}

/* The state of FENCE_HOLD. */
struct memctl_holding {
	struct memctl_fence_hold hold;
	struct memctl_fence_info fence;
};

/* The request's numbers, each checked; what is wrong is told. */
static int memctl_fence_parse(struct nlattr **attrs, struct netlink_ext_ack *extack,
			      struct memctl_fence_request *request)
{
	unsigned long max = MEMCTL_FENCE_STEP_MAX;
	u64 start, end, next;
	int err;

	err = memctl_range_parse_next(attrs, extack, &start, &end, &next);
	if (err)
		return err;
	if (!attrs[MEMCTL_A_FENCE_WHAT]) {
		NL_SET_ERR_MSG(extack, "what is to be held, free memory or used, is missing");
		return -EINVAL;
	}
	if (attrs[MEMCTL_A_PFNS_MAX])
		max = nla_get_u32(attrs[MEMCTL_A_PFNS_MAX]);
	request->start = start;
	request->end = end;
	request->next = next;
	request->what = nla_get_u32(attrs[MEMCTL_A_FENCE_WHAT]);
	request->smallest = request->what == MEMCTL_FENCE_FREE ? pageblock_nr_pages :
								 MEMCTL_FENCE_SMALLEST;
	if (attrs[MEMCTL_A_FENCE_SMALLEST])
		request->smallest = nla_get_u32(attrs[MEMCTL_A_FENCE_SMALLEST]);
	if (!is_power_of_2(request->smallest)) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[MEMCTL_A_FENCE_SMALLEST],
				    "the smallest number of pages is no power of two");
		return -EINVAL;
	}
	request->left = ALIGN(max, request->smallest);
	return 0;
}

static int memctl_holding_begin(struct netlink_callback *cb, struct nlattr **attrs, void *state)
{
	struct memctl_holding *holding = state;
	int err = memctl_fence_id(attrs, cb->extack, &holding->fence.id);

	if (!err)
		err = memctl_fence_parse(attrs, cb->extack, &holding->hold.take.request);
	if (err)
		return err;
	err = memctl_fence_hold_begin(NETLINK_CB(cb->skb).sk, &holding->hold, &holding->fence);
	if (err)
		memctl_fence_explain(cb->extack, err);
	return err;
}

static int memctl_holding_step(struct netlink_callback *cb, void *state)
{
	struct memctl_holding *holding = state;
	int err = memctl_fence_hold_step(&holding->hold, &holding->fence);

	if (err)
		memctl_fence_explain(cb->extack, err);
	return err;
}

static bool memctl_holding_is_over(const void *state)
{
	const struct memctl_holding *holding = state;

	return memctl_take_is_over(&holding->hold.take);
}

static int memctl_put_holding(struct sk_buff *skb, const void *state)
{
	const struct memctl_holding *holding = state;

	return memctl_put_fence(&holding->fence, skb) ?:
	       memctl_put_request(skb, &holding->hold.take.request);
}

static void memctl_holding_end(void *state)
{
	struct memctl_holding *holding = state;

	memctl_fence_hold_end(&holding->hold);
	memctl_event_held(&holding->fence, &holding->hold.take.request);
}

static const struct memctl_work memctl_hold_work = {
	.command = MEMCTL_C_FENCE_HOLD,
	.policy = memctl_fence_hold_policy,
	.size = sizeof(struct memctl_holding),
	.begin = memctl_holding_begin,
	.step = memctl_holding_step,
	.is_over = memctl_holding_is_over,
	.put = memctl_put_holding,
	.end = memctl_holding_end,
};

int memctl_netlink_fence_hold_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return memctl_work_dump(skb, cb, &memctl_hold_work);
}

int memctl_netlink_fence_hold_done(struct netlink_callback *cb)
{
	return memctl_work_done(cb, &memctl_hold_work);
}

int memctl_netlink_fence_drop(struct sk_buff *request, struct genl_info *info)
{
	u64 id, start = 0, end = 0;
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
	if (!err)
		err = memctl_fence_id(info->attrs, info->extack, &id);
	if (!err && (info->attrs[MEMCTL_A_START_PFN] || info->attrs[MEMCTL_A_END_PFN]))
		err = memctl_range_parse(info->attrs, info->extack, &start, &end);
	if (err)
		return err;
	err = memctl_fence_drop(NETLINK_CB(request).sk, id, start, end);
	if (err)
		memctl_fence_explain(info->extack, err);
	return err;
}
