// SPDX-License-Identifier: GPL-2.0
/*
 * A reservation is asked for.
 */
#include <linux/ctype.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "contig/area.h"
#include "contig/lend.h"
#include "contig/reservation.h"
#include "contig/take.h"
#include "mm/genl.h"
#include "netlink/netlink.h"
#include "netlink/reserve.h"

static const struct netlink_range_validation memctl_reserve_number = {
	.min = 1,
	.max = U64_MAX,
};

const struct nla_policy memctl_reserve_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_NAME] = { .type = NLA_NUL_STRING, .len = MEMCTL_RESERVATION_NAME_MAX },
	[MEMCTL_A_NODE] = { .type = NLA_U32 },
	[MEMCTL_A_AREA] = { .type = NLA_NUL_STRING, .len = MEMCTL_CMA_NAME_MAX },
	[MEMCTL_A_PAGES] = MEMCTL_POLICY_RANGE(NLA_U64, &memctl_reserve_number),
	[MEMCTL_A_ALIGN] = MEMCTL_POLICY_RANGE(NLA_U64, &memctl_reserve_number),
	[MEMCTL_A_RESERVE_FLAGS] = NLA_POLICY_MASK(NLA_U32, MEMCTL_RESERVE_MOVABLE_ZONE),
	[MEMCTL_A_EXCLUDE] = { .type = NLA_BINARY,
			       .len = MEMCTL_EXCLUDE_MAX * sizeof(struct memctl_pfns) },
	[MEMCTL_A_PID] = NLA_POLICY_MIN(NLA_U32, 1),
	[MEMCTL_A_COMM] = { .type = NLA_NUL_STRING, .len = TASK_COMM_LEN - 1 },
};

/* The state of RESERVE. */
struct memctl_reserving {
	struct memctl_contig contig;
	struct memctl_reservation *reservation;	/* to be; NULL: it is made */
	struct memctl_reservation_info info;
};

static int memctl_reserve_name(const struct nlattr *attr, struct netlink_ext_ack *extack,
			       char *name)
{
	const char *c;

	if (!attr)
		return 0;
	nla_strscpy(name, attr, MEMCTL_RESERVATION_NAME_MAX + 1);
	for (c = name; isascii(*c) && (isalnum(*c) || (*c && strchr("-_.:@", *c))); c++)
		;
	if (c > name && !*c)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a name has letters, digits and -_.:@ only, and at least one of them");
	return -EINVAL;
}

static int memctl_reserve_exclude(const struct nlattr *attr, struct netlink_ext_ack *extack,
				  struct memctl_contig_request *request)
{
	unsigned int i;

	if (!attr)
		return 0;
	if (!nla_len(attr) || nla_len(attr) % sizeof(*request->exclude)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "the ranges to exclude are no pairs of pfns");
		return -EINVAL;
	}
	request->exclude = kmemdup(nla_data(attr), nla_len(attr), GFP_KERNEL_ACCOUNT);
	if (!request->exclude)
		return -ENOMEM;
	request->nr_exclude = nla_len(attr) / sizeof(*request->exclude);
	for (i = 0; i < request->nr_exclude; i++) {
		if (request->exclude[i].start >= request->exclude[i].end) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a range to exclude is empty: its end is not above its first pfn");
			return -EINVAL;
		}
	}
	return 0;
}

static int memctl_reserve_area(const struct nlattr *attr, struct netlink_ext_ack *extack,
			       struct memctl_contig_request *request)
{
	const char *refusal;

	if (!attr)
		return 0;
	refusal = memctl_area_refusal();
	if (refusal) {
		extack->_msg = refusal;
		return -EOPNOTSUPP;
	}
	request->area = memctl_area_find(nla_data(attr));
	if (request->area)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "there is no CMA area of that name");
	return -ENOENT;
}

/* The request's numbers, each checked; what is wrong is told. */
static int memctl_reserve_parse(struct nlattr **attrs, struct netlink_ext_ack *extack,
				struct memctl_contig_request *request)
{
	u64 limit = 1ULL << (MAX_PHYSMEM_BITS - PAGE_SHIFT), align = 1, pages;
	int err;

	if (!attrs[MEMCTL_A_PAGES]) {
		NL_SET_ERR_MSG(extack, "the number of pages is missing");
		return -EINVAL;
	}
	pages = nla_get_u64(attrs[MEMCTL_A_PAGES]);
	if (attrs[MEMCTL_A_ALIGN])
		align = nla_get_u64(attrs[MEMCTL_A_ALIGN]);
	if (!is_power_of_2(align) || align > limit) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[MEMCTL_A_ALIGN],
				    "the alignment is no power of two, or above all memory that this machine can have");
		return -EINVAL;
	}
	err = memctl_node_parse(attrs[MEMCTL_A_NODE], extack, &request->node);
	if (err)
		return err;
	if (attrs[MEMCTL_A_RESERVE_FLAGS])
		request->movable_zone = nla_get_u32(attrs[MEMCTL_A_RESERVE_FLAGS]) &
					MEMCTL_RESERVE_MOVABLE_ZONE;
	request->pages = min(pages, limit);
	request->align = align;
	return memctl_reserve_exclude(attrs[MEMCTL_A_EXCLUDE], extack, request);
}

/* Whom it is for. */
static int memctl_reserve_whom(struct nlattr **attrs, struct netlink_ext_ack *extack,
			       struct memctl_reservation_info *info)
{
	if (!attrs[MEMCTL_A_PID] != !attrs[MEMCTL_A_COMM]) {
		NL_SET_ERR_MSG(extack,
			       "of the process that it is for, both pid and name are needed, or none");
		return -EINVAL;
	}
	if (attrs[MEMCTL_A_PID]) {
		info->pid = nla_get_u32(attrs[MEMCTL_A_PID]);
		nla_strscpy(info->comm, attrs[MEMCTL_A_COMM], sizeof(info->comm));
	} else {
		info->pid = task_tgid_nr(current);
		get_task_comm(info->comm, current->group_leader);
	}
	return 0;
}

static int memctl_reserve_start(struct netlink_callback *cb, struct nlattr **attrs,
				struct memctl_reserving *reserving)
{
	struct memctl_contig_request *request = &reserving->contig.request;
	struct memctl_reservation_info *info = &reserving->info;
	struct memctl_reservation *reservation;
	int err = memctl_reserve_name(attrs[MEMCTL_A_NAME], cb->extack, info->name);

	if (!err)
		err = memctl_reserve_whom(attrs, cb->extack, info);
	if (!err)
		err = memctl_reserve_parse(attrs, cb->extack, request);
	if (!err)
		err = memctl_reserve_area(attrs[MEMCTL_A_AREA], cb->extack, request);
	if (err)
		return err;
	err = memctl_contig_begin(&reserving->contig);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[MEMCTL_A_PAGES],
				    "it is more than all memory that it may be in");
	else if (err == -EOPNOTSUPP)
		memctl_reserve_explain(cb->extack, err);
	if (err)
		return err;
	info->area = request->area;
	info->pages = request->pages;
	info->align = request->align;
	reservation = memctl_reservation_new(NETLINK_CB(cb->skb).sk, info);
	if (!IS_ERR(reservation)) {
		reserving->reservation = reservation;
		return 0;
	}
	memctl_reserve_explain(cb->extack, PTR_ERR(reservation));
	return PTR_ERR(reservation);
}

static void memctl_reserve_free(struct memctl_reserving *reserving)
{
	memctl_contig_end(&reserving->contig);
	kfree(reserving->contig.request.exclude);
}

static int memctl_reserve_begin(struct netlink_callback *cb, struct nlattr **attrs, void *state)
{
	int err = memctl_reserve_start(cb, attrs, state);

	if (err)
		memctl_reserve_free(state);
	return err;
}

static int memctl_reserve_step(struct netlink_callback *cb, void *state)
{
	struct memctl_reserving *reserving = state;
	int err = memctl_contig_serve(&reserving->contig);

	if (err == -EINTR)
		return 0;
	if (err) {
		memctl_reserve_explain(cb->extack, err);
		return err;
	}
	if (reserving->contig.taken) {
		memctl_reservation_made(reserving->reservation, reserving->contig.start,
					reserving->contig.moved, &reserving->info);
		reserving->reservation = NULL;
	}
	return 0;
}

static bool memctl_reserve_is_over(const void *state)
{
	const struct memctl_reserving *reserving = state;

	return !reserving->reservation;
}

static int memctl_put_reserving(struct sk_buff *skb, const void *state)
{
	const struct memctl_reserving *reserving = state;

	if (nla_put_u64_64bit(skb, MEMCTL_A_MOVED, reserving->contig.moved, MEMCTL_A_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_A_FAILED, reserving->contig.failed, MEMCTL_A_PAD))
		return -EMSGSIZE;
	return reserving->reservation ? 0 : memctl_put_reservation(skb, &reserving->info);
}

static void memctl_reserve_end(void *state)
{
	struct memctl_reserving *reserving = state;

	if (reserving->reservation)
		memctl_reservation_drop(reserving->reservation);
	memctl_reserve_free(reserving);
}

static const struct memctl_work memctl_reserve_work = {
	.command = MEMCTL_C_RESERVE,
	.policy = memctl_reserve_policy,
	.size = sizeof(struct memctl_reserving),
	.begin = memctl_reserve_begin,
	.step = memctl_reserve_step,
	.is_over = memctl_reserve_is_over,
	.put = memctl_put_reserving,
	.end = memctl_reserve_end,
};

int memctl_netlink_reserve_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return memctl_work_dump(skb, cb, &memctl_reserve_work);
}

int memctl_netlink_reserve_done(struct netlink_callback *cb)
{
	return memctl_work_done(cb, &memctl_reserve_work);
}
