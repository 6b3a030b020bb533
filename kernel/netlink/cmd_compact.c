// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_COMPACT: a request checked, carried out and answered.
 */
#include "contig/compact.h"
#include "mm/contig.h"
#include "mm/genl.h"
#include "netlink/netlink.h"
#include "netlink/reserve.h"

static const struct netlink_range_validation memctl_compact_places = {
	.min = 1,
	.max = U64_MAX,
};

static const struct netlink_range_validation memctl_compact_pages_max = {
	.min = 1,
	.max = U32_MAX,
};

const struct nla_policy memctl_compact_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_ORDER] = { .type = NLA_U32 },
	[MEMCTL_A_NODE] = { .type = NLA_U32 },
	[MEMCTL_A_PLACES] = MEMCTL_POLICY_RANGE(NLA_U64, &memctl_compact_places),
	[MEMCTL_A_PAGES_MAX] = MEMCTL_POLICY_RANGE(NLA_U32, &memctl_compact_pages_max),
	[MEMCTL_A_CURSOR] = { .type = NLA_U64 },
};

static int memctl_compact_parse(struct nlattr **attrs, struct netlink_ext_ack *extack,
				struct memctl_compaction *compaction, unsigned int *order)
{
	struct memctl_contig_request *request = &compaction->contig.request;

	if (!attrs[MEMCTL_A_ORDER]) {
		NL_SET_ERR_MSG(extack, "the order is missing");
		return -EINVAL;
	}
	*order = nla_get_u32(attrs[MEMCTL_A_ORDER]);
	if (*order > memctl_mm_largest_order()) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[MEMCTL_A_ORDER],
				    "the page allocator has no pieces of that order");
		return -EINVAL;
	}
	compaction->places = attrs[MEMCTL_A_PLACES] ? nla_get_u64(attrs[MEMCTL_A_PLACES]) :
						      U64_MAX;
	if (attrs[MEMCTL_A_CURSOR])
		compaction->cursor = nla_get_u64(attrs[MEMCTL_A_CURSOR]);
	if (attrs[MEMCTL_A_PAGES_MAX])
		request->dearest = nla_get_u32(attrs[MEMCTL_A_PAGES_MAX]);
	return memctl_node_parse(attrs[MEMCTL_A_NODE], extack, &request->node);
}

static void memctl_compact_free(void *state)
{
	memctl_compact_end(state);
}

static int memctl_compact_start(struct netlink_callback *cb, struct nlattr **attrs, void *state)
{
	struct memctl_compaction *compaction = state;
	unsigned int order;
	int err = memctl_compact_parse(attrs, cb->extack, compaction, &order);

	if (!err) {
		err = memctl_compact_begin(compaction, order);
		if (err == -ENOSPC)
			NL_SET_ERR_MSG_ATTR(cb->extack, attrs[MEMCTL_A_ORDER],
					    "no zone there has as much memory");
		else if (err == -EINVAL)
			NL_SET_ERR_MSG_ATTR(cb->extack, attrs[MEMCTL_A_CURSOR],
					    "no compaction has told that cursor");
		else if (err)
			memctl_reserve_explain(cb->extack, err);
	}
	if (err)
		memctl_compact_free(compaction);
	return err;
}

static int memctl_compact_go_on(struct netlink_callback *cb, void *state)
{
	int err = memctl_compact_step(state);

	return err == -EINTR ? 0 : err;
}

static bool memctl_compact_is_over(const void *state)
{
	const struct memctl_compaction *compaction = state;

	return compaction->end;
}

static int memctl_put_compaction(struct sk_buff *skb, const void *state)
{
	const struct memctl_compaction *compaction = state;
	const struct memctl_contig *contig = &compaction->contig;

	if (nla_put_u64_64bit(skb, MEMCTL_A_EMPTIED, compaction->emptied, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_MOVED, contig->moved, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_FAILED, contig->failed, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_CURSOR, memctl_compact_cursor(compaction),
			      MEMCTL_A_PAD) ||
	    (compaction->end && nla_put_u32(skb, MEMCTL_A_COMPACT_END, compaction->end)))
		return -EMSGSIZE;
	return 0;
}

static const struct memctl_work memctl_compact_work = {
	.command = MEMCTL_C_COMPACT,
	.policy = memctl_compact_policy,
	.size = sizeof(struct memctl_compaction),
	.begin = memctl_compact_start,
	.step = memctl_compact_go_on,
	.is_over = memctl_compact_is_over,
	.put = memctl_put_compaction,
	.end = memctl_compact_free,
};

int memctl_netlink_compact_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return memctl_work_dump(skb, cb, &memctl_compact_work);
}

int memctl_netlink_compact_done(struct netlink_callback *cb)
{
	return memctl_work_done(cb, &memctl_compact_work);
}
