// SPDX-License-Identifier: GPL-2.0
/*
 * A request that takes long is a dump: so it goes on while its asker receives, in the
 * asker's context and without generic netlink's lock, a step before each message. The first
 * message comes before the first step: that one is still under the lock.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "netlink/netlink.h"

struct memctl_work_dump {
	bool begun, over;
	u64 state[];
};

static struct memctl_work_dump *memctl_dump(struct netlink_callback *cb)
{
	return (struct memctl_work_dump *)cb->args[0];
}

/* Not in .start(): see cmd_survey.c. */
static int memctl_work_begin(struct netlink_callback *cb, const struct memctl_work *work)
{
	struct memctl_work_dump *dump = kzalloc(sizeof(*dump) + work->size, GFP_KERNEL_ACCOUNT);
	struct nlattr *attrs[MEMCTL_A_MAX + 1];
	int err;

	if (!dump)
		return -ENOMEM;
	cb->args[0] = (long)dump;
	err = memctl_admit(cb->skb, cb->extack);
	if (!err)
		err = nlmsg_parse(cb->nlh, GENL_HDRLEN, attrs, MEMCTL_A_MAX, work->policy,
				  cb->extack);
	if (!err)
		err = memctl_no_duplicates(cb->nlh, cb->extack);
	if (!err)
		err = work->begin(cb, attrs, dump->state);
	dump->begun = !err;
	return err;
}

int memctl_work_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct memctl_work *work)
{
	struct memctl_work_dump *dump = memctl_dump(cb);
	void *header;
	int err;

	if (dump && dump->over)
		return 0;
	err = dump ? work->step(cb, dump->state) : memctl_work_begin(cb, work);
	if (err)
		return err;
	dump = memctl_dump(cb);
	dump->over = work->is_over(dump->state) || signal_pending(current);
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &memctl_family,
			     NLM_F_MULTI, work->command);
	if (!header || work->put(skb, dump->state))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return skb->len;
}

int memctl_work_done(struct netlink_callback *cb, const struct memctl_work *work)
{
	struct memctl_work_dump *dump = memctl_dump(cb);

	if (dump && dump->begun)
		work->end(dump->state);
	kfree(dump);
	return 0;
}
