// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_LRU_HOT: a bit for each page.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>

#include "netlink/netlink.h"
#include "survey/survey.h"

const struct nla_policy memctl_hot_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
};

static int memctl_hot_parse(struct genl_info *info, u64 *start, u64 *end)
{
	int err;

	err = memctl_no_duplicates(info->nlhdr, info->extack);
	if (!err)
		err = memctl_range_parse(info->attrs, info->extack, start, end);
	if (err || *end - *start <= MEMCTL_HOT_MAX)
		return err;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[MEMCTL_A_END_PFN],
			    "the range is too large for one request");
	return -EINVAL;
}

static int memctl_put_hot(struct sk_buff *skb, const unsigned long *hot, unsigned int pages)
{
	struct nlattr *attr = nla_reserve(skb, MEMCTL_A_LRU_HOT,
					  DIV_ROUND_UP(pages, 64) * sizeof(u64));
	u64 *words;

	if (!attr)
		return -EMSGSIZE;
	words = kmalloc_array(DIV_ROUND_UP(pages, 64), sizeof(*words), GFP_KERNEL);
	if (!words)
		return -ENOMEM;
	bitmap_to_arr64(words, hot, pages);	/* the attribute is aligned to 4 only */
	memcpy(nla_data(attr), words, nla_len(attr));
	kfree(words);
	return 0;
}

int memctl_netlink_hot(struct sk_buff *request, struct genl_info *info)
{
	unsigned long *hot;
	struct sk_buff *skb;
	u64 start, end;
	void *header;
	int err;

	err = memctl_hot_parse(info, &start, &end);
	if (err)
		return err;
	hot = bitmap_zalloc(end - start, GFP_KERNEL_ACCOUNT);
	if (!hot)
		return -ENOMEM;
	skb = memctl_answer_sized(info, &header, NLMSG_GOODSIZE + MEMCTL_HOT_MAX / 8);
	if (skb) {
		memctl_survey_hot(start, end, hot);
		err = memctl_answer_send(info, skb, header,
					 memctl_put_hot(skb, hot, end - start));
	} else {
		err = -ENOMEM;
	}
	bitmap_free(hot);
	return err;
}
