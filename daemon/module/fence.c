/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/fence.h"

#include "daemon/module/module.h"
#include "daemon/module/wire.h"
#include "basic/message.h"

#include <errno.h>
#include <inttypes.h>
#include <netlink/genl/genl.h>

struct fence {
        struct netlink *netlink; /* its end is the fence's */
        uint64_t id;
};

static const struct wire_format fence_format = {
        .what = "fence",
        .policy = (const struct nla_policy[MEMCTL_FENCE_A_MAX + 1]){ [MEMCTL_FENCE_A_ID] = WIRE_U64,
                                                                     [MEMCTL_FENCE_A_START_PFN] = WIRE_U64,
                                                                     [MEMCTL_FENCE_A_END_PFN] = WIRE_U64,
                                                                     [MEMCTL_FENCE_A_HELD] = WIRE_U64,
                                                                     [MEMCTL_FENCE_A_GIVEN] = WIRE_U64 },
        .names = (const char *const[MEMCTL_FENCE_A_MAX + 1]){ [MEMCTL_FENCE_A_ID] = "id",
                                                              [MEMCTL_FENCE_A_START_PFN] = "first pfn",
                                                              [MEMCTL_FENCE_A_END_PFN] = "end",
                                                              [MEMCTL_FENCE_A_HELD] = "pages held",
                                                              [MEMCTL_FENCE_A_GIVEN] = "pages given" },
        .max = MEMCTL_FENCE_A_MAX,
};

/* Of an answer to FENCE_RAISE or FENCE_HOLD; the latter has all. */
static const struct wire_format message_format = {
        .what = "fence",
        .policy = (const struct nla_policy[MEMCTL_A_MAX + 1]){ [MEMCTL_A_FENCE] = WIRE_NEST,
                                                               [MEMCTL_A_NEXT_PFN] = WIRE_U64,
                                                               [MEMCTL_A_FAILED] = WIRE_U64 },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_FENCE] = "fence",
                                                        [MEMCTL_A_NEXT_PFN] = "next pfn",
                                                        [MEMCTL_A_FAILED] = "failed" },
        .max = MEMCTL_A_MAX,
        .optional = WIRE_BIT(MEMCTL_A_NEXT_PFN) | WIRE_BIT(MEMCTL_A_FAILED),
};

static int read_nest(struct nlattr *fence, struct fence_state *ret, char **message)
{
        struct nlattr *nest[MEMCTL_FENCE_A_MAX + 1];
        struct fence_state state;
        int r;

        r = wire_read_nest(&fence_format, fence, nest, message);
        if (r < 0)
                return r;
        state = (struct fence_state){
                .id = nla_get_u64(nest[MEMCTL_FENCE_A_ID]),
                .start = nla_get_u64(nest[MEMCTL_FENCE_A_START_PFN]),
                .end = nla_get_u64(nest[MEMCTL_FENCE_A_END_PFN]),
                .held = nla_get_u64(nest[MEMCTL_FENCE_A_HELD]),
                .given = nla_get_u64(nest[MEMCTL_FENCE_A_GIVEN]),
        };
        if (state.id == 0 || state.start >= state.end || state.held > state.end - state.start)
                return fail(message, -EBADMSG,
                            "memctl.ko tells of fence %" PRIu64 " around pfns 0x%" PRIx64 " to 0x%" PRIx64
                            " that holds %" PRIu64 " pages",
                            state.id, state.start, state.end, state.held);
        *ret = state;
        return 0;
}

static int read_message(struct nlmsghdr *header, struct nlattr **attributes, struct fence_state *ret,
                        char **message)
{
        int r = wire_read_message(&message_format, header, attributes, message);

        return r < 0 ? r : read_nest(attributes[MEMCTL_A_FENCE], ret, message);
}

int fence_parse(struct nlmsghdr *header, struct fence_state *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];

        return read_message(header, attributes, ret, message);
}

int fence_parse_step(struct nlmsghdr *header, struct fence_hold *hold, struct fence_state *ret,
                     char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        struct fence_state state;
        uint64_t next, failed;
        int r;

        r = read_message(header, attributes, &state, message);
        if (r < 0)
                return r;
        if (!attributes[MEMCTL_A_NEXT_PFN] || !attributes[MEMCTL_A_FAILED])
                return fail(message, -EBADMSG, "memctl.ko did not say how far it came with a fence");
        next = nla_get_u64(attributes[MEMCTL_A_NEXT_PFN]);
        failed = nla_get_u64(attributes[MEMCTL_A_FAILED]);
        if (next < hold->next || next > hold->end || failed > next - hold->next)
                return fail(message, -EBADMSG,
                            "memctl.ko was to go on from pfn 0x%" PRIx64 " up to 0x%" PRIx64
                            ", is now at 0x%" PRIx64 ", and failed with %" PRIu64 " pages",
                            hold->next, hold->end, next, failed);
        hold->next = next;
        hold->failed += failed;
        *ret = state;
        return 0;
}

/* Of the event that it fell. */
static const struct wire_format fell_format = {
        .what = "fence",
        .policy = (const struct nla_policy[MEMCTL_A_MAX + 1]){ [MEMCTL_A_FENCE] = WIRE_NEST,
                                                               [MEMCTL_A_FENCE_CAUSE] = WIRE_U32 },
        .names = (const char *const[MEMCTL_A_MAX + 1]){ [MEMCTL_A_FENCE] = "fence",
                                                        [MEMCTL_A_FENCE_CAUSE] = "cause" },
        .max = MEMCTL_A_MAX,
};

int fence_parse_fell(struct nlmsghdr *header, struct fence_state *ret, enum memctl_fence_cause *cause,
                     char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        struct fence_state state;
        int r;

        if (!genlmsg_valid_hdr(header, 0) || genlmsg_hdr(header)->cmd != MEMCTL_C_FENCE_FELL)
                return -ENOMSG;
        r = wire_read_message(&fell_format, header, attributes, message);
        if (r >= 0)
                r = read_nest(attributes[MEMCTL_A_FENCE], &state, message);
        if (r < 0)
                return r;
        *cause = nla_get_u32(attributes[MEMCTL_A_FENCE_CAUSE]);
        *ret = state;
        return 0;
}

struct asking {
        uint64_t id, start, end; /* pfns */
        struct fence_hold hold;
        struct fence_hold reached; /* as the last message says */
        struct fence_state state;
};

static int fill_range(struct nl_msg *m, const void *userdata)
{
        const struct asking *asking = userdata;
        int r = 0;

        if (asking->id != 0)
                r = nla_put_u64(m, MEMCTL_A_FENCE_ID, asking->id);
        if (r >= 0)
                r = nla_put_u64(m, MEMCTL_A_START_PFN, asking->start);
        return r < 0 ? r : nla_put_u64(m, MEMCTL_A_END_PFN, asking->end);
}

static int fill_hold(struct nl_msg *m, const void *userdata)
{
        const struct asking *asking = userdata;
        int r;

        r = fill_range(m, asking);
        if (r >= 0)
                r = nla_put_u64(m, MEMCTL_A_NEXT_PFN, asking->hold.next);
        if (r >= 0)
                r = nla_put_u32(m, MEMCTL_A_PFNS_MAX, asking->hold.pfns_max);
        if (r >= 0)
                r = nla_put_u32(m, MEMCTL_A_FENCE_WHAT, asking->hold.what);
        if (r >= 0 && asking->hold.smallest > 0)
                r = nla_put_u32(m, MEMCTL_A_FENCE_SMALLEST, asking->hold.smallest);
        return r;
}

static int on_raised(struct nlmsghdr *header, void *userdata, char **message)
{
        struct asking *asking = userdata;

        return fence_parse(header, &asking->state, message);
}

static int on_step(struct nlmsghdr *header, void *userdata, char **message)
{
        struct asking *asking = userdata;

        asking->reached = asking->hold; /* each message counts from the beginning */
        return fence_parse_step(header, &asking->reached, &asking->state, message);
}

static int ask(struct netlink *netlink, uint8_t command, int (*fill)(struct nl_msg *m, const void *userdata),
               int (*answer)(struct nlmsghdr *header, void *userdata, char **message), const char *single,
               struct asking *asking, char **message)
{
        const struct netlink_question question = {
                .command = command,
                .fill = fill,
                .fill_userdata = asking,
                .answer = answer,
                .answer_userdata = asking,
                .single = single,
                .dump = command == MEMCTL_C_FENCE_HOLD,
        };

        return netlink_ask_on(netlink, &question, message);
}

int fence_raise(const struct tree *tree, uint64_t start, uint64_t end, struct fence **ret, char **message)
{
        _cleanup_(fence_freep) struct fence *fence = NULL;
        struct asking asking = { .start = start, .end = end };
        int r;

        if (!tree->live)
                return fail(message, -EOPNOTSUPP, "%s is not the running machine: no memory of it is held",
                            tree->root);
        fence = calloc(1, sizeof(*fence));
        if (!fence)
                return -ENOMEM;
        r = module_is_loaded(tree) ? netlink_open(&fence->netlink, message) : 0;
        if (r == 0)
                return fail(message, -EOPNOTSUPP, "memctl.ko is not loaded");
        if (r > 0)
                r = ask(fence->netlink, MEMCTL_C_FENCE_RAISE, fill_range, on_raised, "which fence it raised",
                        &asking, message);
        if (r < 0)
                return r;
        if (asking.state.start != start || asking.state.end != end)
                return fail(message, -EBADMSG, "memctl.ko did not say which fence it raised");
        fence->id = asking.state.id;
        *ret = TAKE_PTR(fence);
        return 0;
}

int fence_step(struct fence *fence, struct fence_hold *hold, struct fence_state *state, char **message)
{
        struct asking asking = { .id = fence->id, .start = hold->start, .end = hold->end, .hold = *hold };
        int r;

        r = ask(fence->netlink, MEMCTL_C_FENCE_HOLD, fill_hold, on_step, NULL, &asking, message);
        if (r < 0)
                return r;
        if (asking.state.id != fence->id)
                return fail(message, -EBADMSG, "memctl.ko did not say what fence %" PRIu64 " holds",
                            fence->id);
        *hold = asking.reached;
        if (state)
                *state = asking.state;
        return 0;
}

int fence_give_back(struct fence *fence, uint64_t start, uint64_t end, char **message)
{
        struct asking asking = { .id = fence->id, .start = start, .end = end };

        return ask(fence->netlink, MEMCTL_C_FENCE_DROP, fill_range, NULL, NULL, &asking, message);
}

struct fence *fence_free(struct fence *fence)
{
        if (!fence)
                return NULL;

        netlink_close(fence->netlink);
        free(fence);
        return NULL;
}
