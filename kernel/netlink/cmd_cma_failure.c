// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_CMA_FAILURE: the last allocations that failed; and the event for each.
 */
#include <linux/ktime.h>

#include "cma/cma.h"
#include "cma/failure.h"
#include "event.h"
#include "netlink/cma.h"
#include "netlink/netlink.h"

static int memctl_put_asked(struct sk_buff *skb, const struct memctl_cma_failure *failure)
{
	const struct memctl_cma_who *who = &failure->who;

	if (nla_put_u64_64bit(skb, MEMCTL_CF_SERIAL, failure->serial, MEMCTL_CF_PAD) ||
	    nla_put_string(skb, MEMCTL_CF_NAME, failure->area->name) ||
	    nla_put_u64_64bit(skb, MEMCTL_CF_PAGES, failure->pages, MEMCTL_CF_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_CF_ALIGN, failure->align, MEMCTL_CF_PAD) ||
	    nla_put_u32(skb, MEMCTL_CF_ERRNO, failure->error) ||
	    (who->pid && nla_put_u32(skb, MEMCTL_CF_PID, who->pid)) ||
	    (who->comm[0] && nla_put_string(skb, MEMCTL_CF_COMM, who->comm)) ||
	    (who->owner[0] && nla_put_string(skb, MEMCTL_CF_OWNER, who->owner)) ||
	    nla_put_u64_64bit(skb, MEMCTL_CF_AGE, ktime_get_mono_fast_ns() - failure->since,
			      MEMCTL_CF_PAD))
		return -EMSGSIZE;
	return 0;
}

/* What was found out. Until then a page is one that may be just passing. */
static int memctl_put_cause(struct sk_buff *skb, const struct memctl_cma_failure *failure)
{
	bool page = failure->judged && failure->pfn;

	if (nla_put_u32(skb, MEMCTL_CF_CAUSE,
			failure->judged ? failure->cause : MEMCTL_CMA_UNKNOWN) ||
	    nla_put_u64_64bit(skb, MEMCTL_CF_FREE, failure->room.free, MEMCTL_CF_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_CF_LARGEST_FREE, failure->room.longest, MEMCTL_CF_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_CF_RETRIED, failure->running.retried, MEMCTL_CF_PAD) ||
	    (page && nla_put_u64_64bit(skb, MEMCTL_CF_PFN, failure->pfn, MEMCTL_CF_PAD)) ||
	    (page && nla_put_u32(skb, MEMCTL_CF_CLASS, failure->class)) ||
	    (page && failure->page_owner[0] &&
	     nla_put_string(skb, MEMCTL_CF_PAGE_OWNER, failure->page_owner)) ||
	    (failure->judged && failure->cause == MEMCTL_CMA_WRONG_AREA &&
	     nla_put_string(skb, MEMCTL_CF_OTHER_AREA, failure->other->name)))
		return -EMSGSIZE;
	return 0;
}

static int memctl_put_cma_failure(struct sk_buff *skb, const struct memctl_cma_failure *failure)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_A_CMA_FAILURE);

	if (!nest || memctl_put_asked(skb, failure) || memctl_put_cause(skb, failure))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* args[0]: whether it has begun; args[1]: the next serial number. */
int memctl_netlink_cma_failure_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct memctl_cma_failure failure;
	int err = cb->args[0] ? 0 : memctl_cma_admit_all(cb);

	if (err)
		return err;
	if (!cb->args[0])
		memctl_cma_settle();
	cb->args[0] = 1;
	while (memctl_failure_from(cb->args[1], &failure)) {
		void *header = memctl_cma_message(skb, cb, MEMCTL_C_CMA_FAILURE);

		if (!header || memctl_put_cma_failure(skb, &failure)) {
			if (header)
				genlmsg_cancel(skb, header);
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, header);
		cb->args[1] = failure.serial + 1;
	}
	return skb->len;
}

void memctl_netlink_cma_failed(const struct memctl_cma_failure *failure)
{
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &memctl_family, 0, MEMCTL_C_CMA_FAILED);
	memctl_event_send(skb, header,
			  header ? memctl_put_cma_failure(skb, failure) : -EMSGSIZE, GFP_KERNEL);
}
