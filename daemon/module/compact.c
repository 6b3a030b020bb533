/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/compact.h"

#include "basic/message.h"
#include "daemon/module/netlink.h"
#include "daemon/module/wire.h"
#include "uapi/memctl.h"

#include <errno.h>

static const struct wire_format format = {
        .what = "compaction",
        .policy = (const struct nla_policy[MEMCTL_A_MAX + 1]){ [MEMCTL_A_EMPTIED] = WIRE_U64,
                                                               [MEMCTL_A_MOVED] = WIRE_U64,
                                                               [MEMCTL_A_FAILED] = WIRE_U64,
                                                               [MEMCTL_A_CURSOR] = WIRE_U64,
                                                               [MEMCTL_A_COMPACT_END] = WIRE_U32 },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_EMPTIED] = "emptied",
                                                        [MEMCTL_A_MOVED] = "moved",
                                                        [MEMCTL_A_FAILED] = "failed",
                                                        [MEMCTL_A_CURSOR] = "cursor",
                                                        [MEMCTL_A_COMPACT_END] = "end" },
        .max = MEMCTL_A_MAX,
        .optional = WIRE_BIT(MEMCTL_A_COMPACT_END),
};

int compaction_parse(struct nlmsghdr *header, struct compaction_step *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        int r = wire_read_message(&format, header, attributes, message);

        if (r < 0)
                return r;
        *ret = (struct compaction_step){
                .emptied = nla_get_u64(attributes[MEMCTL_A_EMPTIED]),
                .moved = nla_get_u64(attributes[MEMCTL_A_MOVED]),
                .failed = nla_get_u64(attributes[MEMCTL_A_FAILED]),
                .cursor = nla_get_u64(attributes[MEMCTL_A_CURSOR]),
        };
        if (!attributes[MEMCTL_A_COMPACT_END])
                return 0;
        ret->end = nla_get_u32(attributes[MEMCTL_A_COMPACT_END]);
        if (ret->end < MEMCTL_COMPACT_ENOUGH || ret->end > MEMCTL_COMPACT_NO_ROOM)
                return fail(message, -EBADMSG,
                            "memctl.ko has ended for reason %u, which this memctld does not know",
                            (unsigned int) ret->end);
        return 0;
}

struct asking {
        const struct compaction_wish *wish;
        bool (*go_on)(const struct compaction_step *step, void *userdata);
        void *userdata;
        struct compaction_step step;
        bool left;
};

static int fill(struct nl_msg *m, const void *userdata)
{
        const struct compaction_wish *wish = ((const struct asking *) userdata)->wish;
        int r = nla_put_u32(m, MEMCTL_A_ORDER, wish->order);

        if (r >= 0 && wish->node >= 0)
                r = nla_put_u32(m, MEMCTL_A_NODE, (uint32_t) wish->node);
        if (r >= 0 && wish->places > 0)
                r = nla_put_u64(m, MEMCTL_A_PLACES, wish->places);
        if (r >= 0 && wish->cursor > 0)
                r = nla_put_u64(m, MEMCTL_A_CURSOR, wish->cursor);
        if (r >= 0 && wish->dearest > 0)
                r = nla_put_u32(m, MEMCTL_A_PAGES_MAX, wish->dearest);
        return r;
}

static int on_message(struct nlmsghdr *header, void *userdata, char **message)
{
        struct asking *asking = userdata;
        int r = compaction_parse(header, &asking->step, message);

        if (r < 0 || asking->step.end || asking->go_on(&asking->step, asking->userdata))
                return r;
        asking->left = true;
        return -ECANCELED; /* the connection is closed, and the work ends */
}

int compaction_run(const struct compaction_wish *wish,
                   bool (*go_on)(const struct compaction_step *step, void *userdata), void *userdata,
                   struct compaction_step *ret, char **message)
{
        struct asking asking = { .wish = wish, .go_on = go_on, .userdata = userdata };
        const struct netlink_question question = {
                .command = MEMCTL_C_COMPACT,
                .dump = true,
                .fill = fill,
                .fill_userdata = &asking,
                .answer = on_message,
                .answer_userdata = &asking,
        };
        int r = netlink_ask(&question, message);

        *ret = asking.step;
        if (asking.left)
                return 0;
        if (r == 0)
                return fail(message, -EOPNOTSUPP, "memctl.ko is not loaded");
        return r < 0 ? r : 0;
}
