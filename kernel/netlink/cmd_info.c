// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_INFO: what this module is, and what it can do here.
 */
#include <linux/utsname.h>
#include <generated/utsrelease.h>

#include "cma/cma.h"
#include "mm/contig.h"
#include "mm/lru_disable.h"
#include "netlink/netlink.h"
#include "provider/provider.h"

int memctl_netlink_info(struct sk_buff *request, struct genl_info *info)
{
	u32 abilities = MEMCTL_ABILITY_EVACUATE | MEMCTL_ABILITY_SURVEY;
	const char *refusal = memctl_mm_bind_refusal(), *cma_refusal = memctl_cma_refusal();
	struct sk_buff *skb;
	void *header;
	int err = 0;

	if (!refusal)
		abilities |= MEMCTL_ABILITY_MOVABLE;
	if (!memctl_mm_lru_refusal())
		abilities |= MEMCTL_ABILITY_LRU_CACHE;
	if (memctl_mm_can_take())
		abilities |= MEMCTL_ABILITY_FENCE | MEMCTL_ABILITY_RESERVE |
			     MEMCTL_ABILITY_COMPACT;
	if (!cma_refusal)
		abilities |= MEMCTL_ABILITY_CMA;
	skb = memctl_answer_new(info, &header);
	if (!skb)
		return -ENOMEM;
	if (nla_put_string(skb, MEMCTL_A_VERSION, MEMCTL_MODULE_VERSION) ||
	    nla_put_u32(skb, MEMCTL_A_ABILITIES, abilities) ||
	    nla_put_string(skb, MEMCTL_A_BINDING, memctl_mm_binding) ||
	    nla_put_string(skb, MEMCTL_A_KERNEL, UTS_RELEASE) ||
	    nla_put_u32(skb, MEMCTL_A_PAGE_SIZE, PAGE_SIZE) ||
	    (refusal && nla_put_string(skb, MEMCTL_A_MOVABLE_REASON, refusal)) ||
	    (cma_refusal && nla_put_string(skb, MEMCTL_A_CMA_REASON, cma_refusal)))
		err = -EMSGSIZE;
	return memctl_answer_send(info, skb, header, err);
}
