// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_CMA: the areas, and what was counted of each. All requests about CMA are dumps, and
 * begin here: an area stays where it is in the table, so its place there is all that a dump keeps.
 */
#include <linux/mm.h>

#include "cma/area.h"
#include "cma/cma.h"
#include "netlink/cma.h"
#include "netlink/netlink.h"

const struct nla_policy memctl_cma_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_AREA] = { .type = NLA_NUL_STRING, .len = MEMCTL_CMA_NAME_MAX },
};

static int memctl_cma_admit(struct netlink_callback *cb)
{
	int err = memctl_admit(cb->skb, cb->extack);

	if (err)
		return err;
	if (!memctl_cma_refusal())
		return 0;
	if (cb->extack)
		cb->extack->_msg = memctl_cma_refusal();
	return -EOPNOTSUPP;
}

int memctl_cma_admit_all(struct netlink_callback *cb)
{
	int err = memctl_cma_admit(cb);

	if (err || !nlmsg_attrlen(cb->nlh, GENL_HDRLEN))
		return err;
	NL_SET_ERR_MSG(cb->extack, "this dump is of all areas and takes no attributes");
	return -EINVAL;
}

int memctl_cma_admit_area(struct netlink_callback *cb, struct memctl_cma_area **area)
{
	struct nlattr *attrs[MEMCTL_A_MAX + 1];
	int err = memctl_cma_admit(cb);

	if (!err)
		err = nlmsg_parse(cb->nlh, GENL_HDRLEN, attrs, MEMCTL_A_MAX, memctl_cma_policy,
				  cb->extack);
	if (!err)
		err = memctl_no_duplicates(cb->nlh, cb->extack);
	if (err)
		return err;
	if (!attrs[MEMCTL_A_AREA]) {
		NL_SET_ERR_MSG(cb->extack, "the name of a CMA area is missing");
		return -EINVAL;
	}
	*area = memctl_cma_area_named(nla_data(attrs[MEMCTL_A_AREA]));
	if (*area)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, attrs[MEMCTL_A_AREA], "there is no CMA area of that name");
	return -ENOENT;
}

static int memctl_put_ranges(struct sk_buff *skb, const struct memctl_cma_area *area)
{
	unsigned int i;

	for (i = 0; i < area->nr_ranges; i++) {
		struct nlattr *nest = nla_nest_start(skb, MEMCTL_CMA_A_RANGE);

		if (!nest ||
		    nla_put_u64_64bit(skb, MEMCTL_CMA_R_START_PFN, area->ranges[i].start,
				      MEMCTL_CMA_R_PAD) ||
		    nla_put_u64_64bit(skb, MEMCTL_CMA_R_END_PFN, area->ranges[i].end,
				      MEMCTL_CMA_R_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int memctl_put_place(struct sk_buff *skb, const struct memctl_cma_area *area)
{
	unsigned long start = area->ranges[0].start;

	if (nla_put_string(skb, MEMCTL_CMA_A_NAME, area->name) ||
	    nla_put_u64_64bit(skb, MEMCTL_CMA_A_START_PFN, start, MEMCTL_CMA_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_CMA_A_END_PFN, area->ranges[area->nr_ranges - 1].end,
			      MEMCTL_CMA_A_PAD) ||
	    memctl_put_ranges(skb, area) ||
	    nla_put_u32(skb, MEMCTL_CMA_A_NODE, pfn_to_nid(start)) ||
	    nla_put_string(skb, MEMCTL_CMA_A_ZONE, page_zone(pfn_to_page(start))->name) ||
	    nla_put_u64_64bit(skb, MEMCTL_CMA_A_PAGES, area->pages, MEMCTL_CMA_A_PAD) ||
	    nla_put_u32(skb, MEMCTL_CMA_A_ORDER_PER_BIT, 0))
		return -EMSGSIZE;
	return 0;
}

/* A number of the area's. */
struct memctl_cma_figure {
	int type;
	u64 value;
};

static int memctl_put_figures(struct sk_buff *skb, const struct memctl_cma_figure *figures,
			      unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (nla_put_u64_64bit(skb, figures[i].type, figures[i].value, MEMCTL_CMA_A_PAD))
			return -EMSGSIZE;
	}
	return 0;
}

static int memctl_put_counts(struct sk_buff *skb, struct memctl_cma_area *area)
{
	struct memctl_cma_counts counts;
	struct memctl_cma_room room;
	unsigned long flags, needed;

	raw_spin_lock_irqsave(&area->lock, flags);
	counts = area->counts;
	needed = area->needed.pages;
	raw_spin_unlock_irqrestore(&area->lock, flags);
	memctl_cma_room(area, &room);

	const struct memctl_cma_figure figures[] = {
		{ MEMCTL_CMA_A_USED, area->pages - room.free },
		{ MEMCTL_CMA_A_LARGEST_FREE, room.longest },
		{ MEMCTL_CMA_A_FREE_RUNS, room.runs },
		{ MEMCTL_CMA_A_BEFORE, counts.before },
		{ MEMCTL_CMA_A_UNKNOWN, counts.unknown },
		{ MEMCTL_CMA_A_SUCCEEDED, counts.succeeded },
		{ MEMCTL_CMA_A_FAILED, counts.failed },
		{ MEMCTL_CMA_A_RELEASED, counts.released },
		{ MEMCTL_CMA_A_RETRIED, counts.retried },
		{ MEMCTL_CMA_A_MIGRATED, counts.migrated },
		{ MEMCTL_CMA_A_PEAK, counts.peak },
		{ MEMCTL_CMA_A_NEEDED, needed },
		{ MEMCTL_CMA_A_ALIGN_MAX, counts.align_max },
		{ MEMCTL_CMA_A_LOST, counts.lost },
	};

	return memctl_put_figures(skb, figures, ARRAY_SIZE(figures)) ?:
	       nla_put(skb, MEMCTL_CMA_A_BY_ORDER, sizeof(counts.by_order), counts.by_order) ?:
	       nla_put(skb, MEMCTL_CMA_A_BY_CAUSE, sizeof(counts.by_cause), counts.by_cause);
}

static int memctl_put_area(struct sk_buff *skb, struct memctl_cma_area *area)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_A_CMA_AREA);

	if (!nest || memctl_put_place(skb, area) || memctl_put_counts(skb, area))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void *memctl_cma_message(struct sk_buff *skb, struct netlink_callback *cb, int command)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &memctl_family,
			   NLM_F_MULTI, command);
}

/*
 * args[0]: whether it has begun; args[1]: the next area's number. The first call may wait for
 * causes to be found: not for long, as it has generic netlink's lock.
 */
int memctl_netlink_cma_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err = cb->args[0] ? 0 : memctl_cma_admit_all(cb);

	if (err)
		return err;
	if (!cb->args[0])
		memctl_cma_settle();
	cb->args[0] = 1;
	while (cb->args[1] < memctl_cma_nr_areas) {
		void *header = memctl_cma_message(skb, cb, MEMCTL_C_CMA);

		if (!header || memctl_put_area(skb, &memctl_cma_areas[cb->args[1]])) {
			if (header)
				genlmsg_cancel(skb, header);
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, header);
		cb->args[1]++;
	}
	return skb->len;
}
