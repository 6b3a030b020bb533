// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_CMA_HOLDER: what is allocated in an area, and by whom.
 */
#include <linux/ktime.h>

#include "cma/note.h"
#include "netlink/cma.h"
#include "netlink/netlink.h"

static int memctl_put_holder(struct sk_buff *skb, const struct memctl_note *note)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_A_CMA_HOLDER);
	const struct memctl_cma_who *who = &note->who;
	bool known = note->origin == MEMCTL_NOTE_EVENT;

	if (!nest ||
	    nla_put_u64_64bit(skb, MEMCTL_H_START_PFN, note->pfn, MEMCTL_H_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_H_PAGES, note->pages, MEMCTL_H_PAD) ||
	    (known && nla_put_u64_64bit(skb, MEMCTL_H_ALIGN, note->align, MEMCTL_H_PAD)) ||
	    (who->pid && nla_put_u32(skb, MEMCTL_H_PID, who->pid)) ||
	    (who->comm[0] && nla_put_string(skb, MEMCTL_H_COMM, who->comm)) ||
	    (who->owner[0] && nla_put_string(skb, MEMCTL_H_OWNER, who->owner)) ||
	    (known && nla_put_u64_64bit(skb, MEMCTL_H_AGE, ktime_get_mono_fast_ns() - note->since,
					MEMCTL_H_PAD)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The first note from a pfn on, as it is now. */
static bool memctl_holder_from(struct memctl_cma_area *area, unsigned long pfn,
			       struct memctl_note *note)
{
	const struct memctl_note *found;
	unsigned long flags;

	raw_spin_lock_irqsave(&area->lock, flags);
	found = memctl_note_from(area, pfn);
	if (found)
		*note = *found;
	raw_spin_unlock_irqrestore(&area->lock, flags);
	return found;
}

/* args[0]: the area, NULL before the first call; args[1]: the next pfn. */
int memctl_netlink_cma_holder_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct memctl_cma_area *area = (struct memctl_cma_area *)cb->args[0];
	int err = area ? 0 : memctl_cma_admit_area(cb, &area);
	struct memctl_note note;

	if (err)
		return err;
	cb->args[0] = (long)area;
	while (memctl_holder_from(area, cb->args[1], &note)) {
		void *header = memctl_cma_message(skb, cb, MEMCTL_C_CMA_HOLDER);

		if (!header || memctl_put_holder(skb, &note)) {
			if (header)
				genlmsg_cancel(skb, header);
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, header);
		cb->args[1] = note.pfn + note.pages;
	}
	return skb->len;
}
