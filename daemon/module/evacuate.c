/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/evacuate.h"

#include "daemon/module/netlink.h"
#include "daemon/module/wire.h"
#include "uapi/memctl.h"
#include "basic/message.h"

#include <errno.h>
#include <inttypes.h>

static const struct wire_format format = {
        .what = "evacuation",
        .policy = (const struct nla_policy[MEMCTL_A_MAX + 1]){ [MEMCTL_A_NEXT_PFN] = WIRE_U64,
                                                               [MEMCTL_A_MOVED] = WIRE_U64,
                                                               [MEMCTL_A_FAILED] = WIRE_U64 },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_NEXT_PFN] = "next pfn",
                                                        [MEMCTL_A_MOVED] = "moved",
                                                        [MEMCTL_A_FAILED] = "failed" },
        .max = MEMCTL_A_MAX,
};

int evacuate_parse(struct nlmsghdr *header, const struct evacuation *before, struct evacuation *ret,
                   char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        uint64_t next;
        int r;

        r = wire_read_message(&format, header, attributes, message);
        if (r < 0)
                return r;
        next = nla_get_u64(attributes[MEMCTL_A_NEXT_PFN]);
        if (next < before->next || next > before->end)
                return fail(message, -EBADMSG,
                            "memctl.ko was to evacuate from pfn 0x%" PRIx64 " up to 0x%" PRIx64
                            ", and is now at 0x%" PRIx64,
                            before->next, before->end, next);
        *ret = *before;
        ret->next = next;
        ret->moved += nla_get_u64(attributes[MEMCTL_A_MOVED]);
        ret->failed += nla_get_u64(attributes[MEMCTL_A_FAILED]);
        return 0;
}

struct asking {
        const struct evacuation *before;
        struct evacuation reached;
};

static int fill(struct nl_msg *m, const void *userdata)
{
        const struct asking *asking = userdata;
        int r = nla_put_u64(m, MEMCTL_A_START_PFN, asking->before->start);

        if (r >= 0)
                r = nla_put_u64(m, MEMCTL_A_END_PFN, asking->before->end);
        if (r >= 0)
                r = nla_put_u64(m, MEMCTL_A_NEXT_PFN, asking->before->next);
        return r < 0 ? r : nla_put_u32(m, MEMCTL_A_PAGES_MAX, asking->before->pages_max);
}

static int on_message(struct nlmsghdr *header, void *userdata, char **message)
{
        struct asking *asking = userdata;

        return evacuate_parse(header, asking->before, &asking->reached, message);
}

int evacuate_step(struct evacuation *evacuation, char **message)
{
        struct asking asking = { .before = evacuation, .reached = *evacuation };
        const struct netlink_question question = {
                .command = MEMCTL_C_EVACUATE,
                .dump = true,
                .fill = fill,
                .fill_userdata = &asking,
                .answer = on_message,
                .answer_userdata = &asking,
        };
        int r = netlink_ask(&question, message);

        if (r == 0)
                return fail(message, -EOPNOTSUPP, "memctl.ko is not loaded");
        if (r < 0)
                return r;
        *evacuation = asking.reached;
        return 0;
}
