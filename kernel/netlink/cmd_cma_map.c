// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_CMA_MAP: a bit for each page of an area.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "cma/area.h"
#include "netlink/cma.h"
#include "netlink/netlink.h"

/* Bits of one piece, in u64s: all are of one moment. Any start in the area's bitmap. */
static void memctl_map_copy(struct memctl_cma_area *area, unsigned long first, unsigned long end,
			    u64 *words)
{
	unsigned long bit = first, flags;

	raw_spin_lock_irqsave(&area->lock, flags);
	while ((bit = find_next_bit(area->bits.taken, end, bit)) < end) {
		words[(bit - first) / 64] |= 1ULL << (bit - first) % 64;
		bit++;
	}
	raw_spin_unlock_irqrestore(&area->lock, flags);
}

static int memctl_put_map(struct sk_buff *skb, struct memctl_cma_area *area, unsigned long pfn,
			  unsigned long end, const struct memctl_cma_range *range)
{
	unsigned long first = pfn - range->start + range->first;
	size_t size = DIV_ROUND_UP(end - pfn, 64) * sizeof(u64);
	struct nlattr *attr;

	if (nla_put_u64_64bit(skb, MEMCTL_A_START_PFN, pfn, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_END_PFN, end, MEMCTL_A_PAD))
		return -EMSGSIZE;
	attr = nla_reserve_64bit(skb, MEMCTL_A_CMA_MAP, size, MEMCTL_A_PAD);
	if (!attr)
		return -EMSGSIZE;
	memset(nla_data(attr), 0, size);
	memctl_map_copy(area, first, first + (end - pfn), nla_data(attr));
	return 0;
}

/* args[0]: the area, NULL before the first call; args[1]: the next pfn. */
int memctl_netlink_cma_map_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct memctl_cma_area *area = (struct memctl_cma_area *)cb->args[0];
	const struct memctl_cma_range *range;
	int err = area ? 0 : memctl_cma_admit_area(cb, &area);

	if (err)
		return err;
	cb->args[0] = (long)area;
	while ((range = memctl_cma_range_from(area, cb->args[1]))) {
		unsigned long pfn = max_t(unsigned long, range->start, cb->args[1]);
		unsigned long end = min(range->end, pfn + MEMCTL_CMA_MAP_MAX);
		void *header = memctl_cma_message(skb, cb, MEMCTL_C_CMA_MAP);

		if (!header || memctl_put_map(skb, area, pfn, end, range)) {
			if (header)
				genlmsg_cancel(skb, header);
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, header);
		cb->args[1] = end;
	}
	return skb->len;
}
