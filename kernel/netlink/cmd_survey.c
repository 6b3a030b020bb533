// SPDX-License-Identifier: GPL-2.0
/*
 * MEMCTL_C_SURVEY: a range, part by part; what of a part does not go into a message
 * goes into the next.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "netlink/netlink.h"
#include "survey/survey.h"

/* How long one message's parts may take, beside the last. */
#define MEMCTL_SURVEY_TIME	(HZ / 50)

const struct nla_policy memctl_survey_policy[MEMCTL_A_MAX + 1] = {
	[MEMCTL_A_START_PFN] = { .type = NLA_U64 },
	[MEMCTL_A_END_PFN] = { .type = NLA_U64 },
};

/* A dump, and how much of its survey's last part is told. */
struct memctl_survey_dump {
	struct memctl_survey *survey;
	bool begun;			/* a part is there */
	bool told;			/* its first message is */
	unsigned int plain, row, keeper;
};

static struct memctl_survey_dump *memctl_dump(struct netlink_callback *cb)
{
	return (struct memctl_survey_dump *)cb->args[0];
}

static int memctl_survey_parse(struct netlink_callback *cb, u64 *start, u64 *end)
{
	struct nlattr *attrs[MEMCTL_A_MAX + 1];
	int err;

	err = nlmsg_parse(cb->nlh, GENL_HDRLEN, attrs, MEMCTL_A_MAX, memctl_survey_policy,
			  cb->extack);
	if (!err)
		err = memctl_no_duplicates(cb->nlh, cb->extack);
	return err ?: memctl_range_parse(attrs, cb->extack, start, end);
}

/* Not in .start(): up to Linux 6.2 an error there has no text. */
static int memctl_survey_begin(struct netlink_callback *cb)
{
	struct memctl_survey_dump *dump;
	u64 start, end;
	int err;

	err = memctl_admit(cb->skb, cb->extack);
	if (!err)
		err = memctl_survey_parse(cb, &start, &end);
	if (err)
		return err;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	dump->survey = memctl_survey_new(start, end);
	if (!dump->survey) {
		kfree(dump);
		return -ENOMEM;
	}
	cb->args[0] = (long)dump;
	return 0;
}

int memctl_netlink_survey_done(struct netlink_callback *cb)
{
	struct memctl_survey_dump *dump = memctl_dump(cb);

	if (dump)
		memctl_survey_free(dump->survey);
	kfree(dump);
	return 0;
}

static int memctl_put_count(struct sk_buff *skb, unsigned int class, unsigned int order,
			    const char *owner, u64 pages)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_S_COUNT);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, MEMCTL_N_CLASS, class) || nla_put_u32(skb, MEMCTL_N_ORDER, order) ||
	    (owner && nla_put_string(skb, MEMCTL_N_OWNER, owner)) ||
	    nla_put_u64_64bit(skb, MEMCTL_N_PAGES, pages, MEMCTL_N_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int memctl_put_keeper(struct sk_buff *skb, const struct memctl_survey *survey,
			     const struct memctl_run *run)
{
	struct nlattr *nest = nla_nest_start(skb, MEMCTL_S_KEEPER);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, MEMCTL_K_PFN, run->start, MEMCTL_K_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_K_PAGES, run->end - run->start, MEMCTL_K_PAD) ||
	    nla_put_u32(skb, MEMCTL_K_CLASS, run->class) ||
	    (run->owner && nla_put_string(skb, MEMCTL_K_OWNER, survey->names[run->owner]))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* What is left to tell of the part, as far as there is room: -EMSGSIZE if not for all. */
static int memctl_put_part(struct sk_buff *skb, struct memctl_survey_dump *dump)
{
	const struct memctl_survey *survey = dump->survey;

	for (; dump->plain < ARRAY_SIZE(survey->plain) * MEMCTL_ORDERS; dump->plain++) {
		unsigned int class = dump->plain / MEMCTL_ORDERS;
		unsigned int order = dump->plain % MEMCTL_ORDERS;
		u64 pages = survey->plain[class][order];

		if (pages && memctl_put_count(skb, class, order, NULL, pages))
			return -EMSGSIZE;
	}
	for (; dump->row < survey->nr_rows; dump->row++) {
		const struct memctl_row *row = &survey->rows[dump->row];

		if (row->pages && memctl_put_count(skb, row->class, row->order,
						   survey->names[row->owner], row->pages))
			return -EMSGSIZE;
	}
	for (; dump->keeper < min_t(unsigned int, survey->nr_keepers, MEMCTL_KEEPERS_MAX);
	     dump->keeper++) {
		if (memctl_put_keeper(skb, survey, &survey->keepers[dump->keeper]))
			return -EMSGSIZE;
	}
	return 0;
}

/* One message; -EMSGSIZE: the part is not told to its end yet. */
static int memctl_put_message(struct sk_buff *skb, struct netlink_callback *cb,
			      struct memctl_survey_dump *dump)
{
	const struct memctl_survey *survey = dump->survey;
	struct memctl_survey_dump before = *dump;
	struct nlattr *nest;
	void *header;
	int err;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &memctl_family,
			     NLM_F_MULTI, MEMCTL_C_SURVEY);
	if (!header)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, MEMCTL_A_SURVEY);
	if (!nest ||
	    nla_put_u64_64bit(skb, MEMCTL_S_START_PFN, survey->part, MEMCTL_S_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_S_END_PFN, survey->part_end, MEMCTL_S_PAD) ||
	    nla_put_u64_64bit(skb, MEMCTL_S_ABSENT, dump->told ? 0 : survey->absent,
			      MEMCTL_S_PAD)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	err = memctl_put_part(skb, dump);
	if (err && dump->plain == before.plain && dump->row == before.row &&
	    dump->keeper == before.keeper) {
		genlmsg_cancel(skb, header);	/* no room for anything */
		return err;
	}
	dump->told = true;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, header);
	return err;
}

int memctl_netlink_survey_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	unsigned long until = jiffies + MEMCTL_SURVEY_TIME;
	struct memctl_survey_dump *dump;
	struct memctl_survey *survey;
	int err = 0;

	if (!memctl_dump(cb))
		err = memctl_survey_begin(cb);
	if (err)
		return err;
	dump = memctl_dump(cb);
	survey = dump->survey;
	while (!err) {
		if (!dump->begun) {
			if (survey->next == survey->end ||
			    (skb->len && time_after(jiffies, until)))
				break;
			err = memctl_survey_next(survey);
			if (err)
				return err;
			*dump = (struct memctl_survey_dump){ .survey = survey, .begun = true };
		}
		err = memctl_put_message(skb, cb, dump);
		if (!err)
			dump->begun = false;
	}
	return skb->len ?: err;
}
