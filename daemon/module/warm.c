/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/warm.h"

#include "basic/message.h"
#include "basic/saturated.h"
#include "daemon/module/module.h"
#include "daemon/module/wire.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netlink/genl/genl.h>

static const struct wire_format answer_format = {
        .what = "answer about the warm reserve",
        .policy = (const struct nla_policy[MEMCTL_A_MAX + 1]){ [MEMCTL_A_WARM] = WIRE_NEST },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_WARM] = "reserve" },
        .max = MEMCTL_A_MAX,
};

static const struct wire_format warm_format = {
        .what = "warm reserve",
        .policy =
                (const struct nla_policy[MEMCTL_W_MAX + 1]){
                        [MEMCTL_W_TARGET] = WIRE_U64,
                        [MEMCTL_W_NODE] = WIRE_U32,
                        [MEMCTL_W_PAGES] = WIRE_U64,
                        [MEMCTL_W_RUNS] = WIRE_U32,
                        [MEMCTL_W_LONGEST] = WIRE_U64,
                        [MEMCTL_W_SHORT] = { .type = NLA_FLAG },
                        [MEMCTL_W_SERVED] = WIRE_U64,
                        [MEMCTL_W_MISSED] = WIRE_U64,
                        [MEMCTL_W_GIVEN] = WIRE_U64,
                        [MEMCTL_W_FILLED] = WIRE_U64,
                },
        .names =
                (const char *const[MEMCTL_W_MAX + 1]){
                        [MEMCTL_W_TARGET] = "target",
                        [MEMCTL_W_NODE] = "node",
                        [MEMCTL_W_PAGES] = "pages",
                        [MEMCTL_W_RUNS] = "runs",
                        [MEMCTL_W_LONGEST] = "longest run",
                        [MEMCTL_W_SHORT] = "shortage",
                        [MEMCTL_W_SERVED] = "requests served",
                        [MEMCTL_W_MISSED] = "requests missed",
                        [MEMCTL_W_GIVEN] = "pages given back",
                        [MEMCTL_W_FILLED] = "pages filled",
                },
        .max = MEMCTL_W_MAX,
        .optional = WIRE_BIT(MEMCTL_W_NODE) | WIRE_BIT(MEMCTL_W_SHORT),
};

int warm_parse(struct nlmsghdr *header, uint32_t page_size, struct warm_reserve *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1], *warm[MEMCTL_W_MAX + 1];
        uint64_t pages, longest;
        int r;

        r = wire_read_message(&answer_format, header, attributes, message);
        if (r >= 0)
                r = wire_read_nest(&warm_format, attributes[MEMCTL_A_WARM], warm, message);
        if (r < 0)
                return r;
        pages = nla_get_u64(warm[MEMCTL_W_PAGES]);
        longest = nla_get_u64(warm[MEMCTL_W_LONGEST]);
        if (longest > pages)
                return fail(message, -EBADMSG,
                            "memctl.ko: the longest run of the warm reserve has %" PRIu64
                            " pages, the reserve %" PRIu64,
                            longest, pages);
        if (warm[MEMCTL_W_NODE] && nla_get_u32(warm[MEMCTL_W_NODE]) > INT_MAX)
                return fail(message, -EBADMSG, "memctl.ko: %" PRIu32 " is no node",
                            nla_get_u32(warm[MEMCTL_W_NODE]));
        *ret = (struct warm_reserve){
                .target_bytes = multiply_saturated(nla_get_u64(warm[MEMCTL_W_TARGET]), page_size),
                .node = warm[MEMCTL_W_NODE] ? (int) nla_get_u32(warm[MEMCTL_W_NODE]) : WARM_ANY_NODE,
                .bytes = multiply_saturated(pages, page_size),
                .longest_bytes = multiply_saturated(longest, page_size),
                .runs = nla_get_u32(warm[MEMCTL_W_RUNS]),
                .is_short = warm[MEMCTL_W_SHORT],
                .served = nla_get_u64(warm[MEMCTL_W_SERVED]),
                .missed = nla_get_u64(warm[MEMCTL_W_MISSED]),
                .given_bytes = multiply_saturated(nla_get_u64(warm[MEMCTL_W_GIVEN]), page_size),
                .filled_bytes = multiply_saturated(nla_get_u64(warm[MEMCTL_W_FILLED]), page_size),
        };
        return 0;
}

struct asking {
        const struct tree *tree;
        uint64_t pages;
        int node;
        struct warm_reserve *ret;
};

static int fill(struct nl_msg *m, const void *userdata)
{
        const struct asking *asking = userdata;
        int r = nla_put_u64(m, MEMCTL_A_PAGES, asking->pages);

        if (r >= 0 && asking->node != WARM_ANY_NODE)
                r = nla_put_u32(m, MEMCTL_A_NODE, (uint32_t) asking->node);
        return r;
}

static int on_answer(struct nlmsghdr *header, void *userdata, char **message)
{
        const struct asking *asking = userdata;

        return warm_parse(header, asking->tree->page_size, asking->ret, message);
}

int warm_read(const struct tree *tree, struct warm_reserve *ret, char **message)
{
        struct asking asking = { .tree = tree, .ret = ret };
        const struct netlink_question question = {
                .command = MEMCTL_C_WARM,
                .answer = on_answer,
                .answer_userdata = &asking,
                .single = "anything about the warm reserve",
        };

        return module_ask(tree, &question, message);
}

int warm_set(const struct tree *tree, uint64_t bytes, int node, struct warm_reserve *ret, char **message)
{
        struct asking asking = { .tree = tree, .node = node, .ret = ret };
        const struct netlink_question question = {
                .command = MEMCTL_C_WARM_SET,
                .fill = fill,
                .fill_userdata = &asking,
                .answer = on_answer,
                .answer_userdata = &asking,
                .single = "anything about the warm reserve",
        };

        if (tree->page_size == 0 || bytes % tree->page_size != 0)
                return fail(message, -EINVAL, "a warm reserve of %" PRIu64 " bytes: expected whole pages",
                            bytes);
        asking.pages = bytes / tree->page_size;
        return module_ask(tree, &question, message);
}
