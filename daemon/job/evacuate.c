/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/evacuate.h"

#include "basic/message.h"
#include "daemon/model/netlink.h"
#include "daemon/model/wire.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <inttypes.h>

/* Steps in a row that do not get on: each was ended by a signal, so this is many signals. */
#define FRUITLESS_MAX 64

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

int evacuate_parse(struct nlmsghdr *header, struct evacuation *evacuation, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        uint64_t next;
        int r;

        r = wire_read_message(&format, header, attributes, message);
        if (r < 0)
                return r;
        next = nla_get_u64(attributes[MEMCTL_A_NEXT_PFN]);
        if (next < evacuation->next_pfn || next > evacuation->end_pfn)
                return fail(message, -EBADMSG,
                            "memctl.ko was to go on from pfn 0x%" PRIx64 " up to 0x%" PRIx64
                            " and is now at 0x%" PRIx64,
                            evacuation->next_pfn, evacuation->end_pfn, next);
        evacuation->next_pfn = next;
        evacuation->moved += nla_get_u64(attributes[MEMCTL_A_MOVED]);
        evacuation->failed += nla_get_u64(attributes[MEMCTL_A_FAILED]);
        return 0;
}

static int fill(struct nl_msg *m, const void *userdata)
{
        const struct evacuation *evacuation = userdata;
        int r;

        r = nla_put_u64(m, MEMCTL_A_START_PFN, evacuation->start_pfn);
        if (r >= 0)
                r = nla_put_u64(m, MEMCTL_A_END_PFN, evacuation->end_pfn);
        if (r >= 0)
                r = nla_put_u64(m, MEMCTL_A_NEXT_PFN, evacuation->next_pfn);
        if (r >= 0 && evacuation->node != EVACUATE_NODE_ANY)
                r = nla_put_u32(m, MEMCTL_A_NODE, (uint32_t) evacuation->node);
        return r;
}

static int on_answer(struct nlmsghdr *header, void *userdata, char **message)
{
        return evacuate_parse(header, userdata, message);
}

int evacuate_step(struct evacuation *evacuation, char **message)
{
        struct evacuation after = *evacuation;
        const struct netlink_question question = {
                .command = MEMCTL_C_EVACUATE,
                .fill = fill,
                .fill_userdata = evacuation,
                .answer = on_answer,
                .answer_userdata = &after,
                .single = "how far it came",
        };
        int r;

        r = netlink_ask(&question, message);
        if (r < 0)
                return r;
        if (r == 0)
                return fail(message, -EOPNOTSUPP,
                            "memctl.ko is not loaded, so no driver's pages can be moved");
        *evacuation = after;
        return 0;
}

int evacuate_range(struct evacuation *evacuation, evacuate_step_t step, evacuate_go_on_t go_on,
                   void *userdata, char **message)
{
        unsigned int fruitless = 0;

        evacuation->next_pfn = evacuation->start_pfn;
        evacuation->moved = evacuation->failed = 0;
        do {
                uint64_t before = evacuation->next_pfn;
                int r = step(evacuation, message);

                if (r < 0)
                        return r;
                fruitless = evacuation->next_pfn == before ? fruitless + 1 : 0;
                if (fruitless == FRUITLESS_MAX)
                        return fail(message, -EINTR,
                                    "memctl.ko is interrupted again and again at pfn 0x%" PRIx64, before);
                if (!go_on(userdata, evacuation))
                        return fail(message, -ECANCELED, "cancelled");
        } while (evacuation->next_pfn < evacuation->end_pfn);
        return 0;
}
