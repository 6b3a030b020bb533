// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes that several requests take, each checked; what is wrong is told.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "netlink/netlink.h"

int memctl_no_duplicates(const struct nlmsghdr *header, struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, MEMCTL_A_MAX + 1) = {};
	const struct nlattr *attr;
	int left;

	nlmsg_for_each_attr(attr, header, GENL_HDRLEN, left) {
		if (__test_and_set_bit(nla_type(attr), seen)) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "the attribute is given twice");
			return -EINVAL;
		}
	}
	return 0;
}

int memctl_range_parse(struct nlattr **attrs, struct netlink_ext_ack *extack, u64 *start, u64 *end)
{
	u64 limit = 1ULL << (MAX_PHYSMEM_BITS - PAGE_SHIFT);

	if (!attrs[MEMCTL_A_START_PFN] || !attrs[MEMCTL_A_END_PFN]) {
		NL_SET_ERR_MSG(extack, "the range's first pfn or its end is missing");
		return -EINVAL;
	}
	*start = nla_get_u64(attrs[MEMCTL_A_START_PFN]);
	*end = nla_get_u64(attrs[MEMCTL_A_END_PFN]);
	if (*start >= *end) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[MEMCTL_A_END_PFN],
				    "the range is empty: its end is not above its first pfn");
		return -EINVAL;
	}
	if (*end > limit) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[MEMCTL_A_END_PFN],
				    "the range ends above all memory that this machine can have");
		return -ERANGE;
	}
	return 0;
}

int memctl_range_parse_next(struct nlattr **attrs, struct netlink_ext_ack *extack, u64 *start,
			    u64 *end, u64 *next)
{
	const struct nlattr *attr = attrs[MEMCTL_A_NEXT_PFN];
	int err = memctl_range_parse(attrs, extack, start, end);

	if (err)
		return err;
	*next = attr ? nla_get_u64(attr) : *start;
	if (*next >= *start && *next <= *end)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the pfn to begin at is not in the range");
	return -EINVAL;
}

int memctl_node_parse(const struct nlattr *attr, struct netlink_ext_ack *extack, int *node)
{
	*node = NUMA_NO_NODE;
	if (!attr)
		return 0;
	if (nla_get_u32(attr) < MAX_NUMNODES && node_state(nla_get_u32(attr), N_MEMORY)) {
		*node = nla_get_u32(attr);
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "there is no such node, or it has no memory");
	return -EINVAL;
}
