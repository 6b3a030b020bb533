/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/lru.h"

#include "daemon/module/module.h"
#include "daemon/module/wire.h"
#include "basic/message.h"

#include <errno.h>
#include <netlink/genl/genl.h>
#include <string.h>

static const struct nla_policy policy[MEMCTL_A_MAX + 1] = {
        [MEMCTL_A_LRU_LONGEST] = WIRE_U32,
        [MEMCTL_A_LRU_REASON] = WIRE_STRING(LRU_REASON_MAX),
        [MEMCTL_A_LRU_DISABLED] = WIRE_U32,
        [MEMCTL_A_LEASE] = WIRE_NEST,
};

#define LONGEST  [MEMCTL_A_LRU_LONGEST] = "longest lease"
#define REASON   [MEMCTL_A_LRU_REASON] = "reason"
#define DISABLED [MEMCTL_A_LRU_DISABLED] = "number of holders"
#define LEASE    [MEMCTL_A_LEASE] = "lease"

/* The two forms of the answer: one has a reason, the other how many hold the caches off. */
static const struct wire_format supported_format = {
        .what = "answer about the LRU caches",
        .policy = policy,
        .names = (const char *const[MEMCTL_A_MAX + 1]){ LONGEST, DISABLED, LEASE },
        .max = MEMCTL_A_MAX,
        .repeated = WIRE_BIT(MEMCTL_A_LEASE),
};

static const struct wire_format unsupported_format = {
        .what = "answer about the LRU caches",
        .policy = policy,
        .names = (const char *const[MEMCTL_A_MAX + 1]){ LONGEST, REASON, LEASE },
        .max = MEMCTL_A_MAX,
        .repeated = WIRE_BIT(MEMCTL_A_LEASE),
};

static const struct wire_format held_format = {
        .what = "answer to taking a lease",
        .policy = policy,
        .names = (const char *const[MEMCTL_A_MAX + 1]){ LEASE },
        .max = MEMCTL_A_MAX,
};

static const struct wire_format lease_format = {
        .what = "lease",
        .policy =
                (const struct nla_policy[MEMCTL_L_MAX + 1]){
                        [MEMCTL_L_ID] = WIRE_U64,
                        [MEMCTL_L_PID] = WIRE_U32,
                        /* may be empty: a process chooses its name */
                        [MEMCTL_L_COMM] = { .type = NLA_STRING, .minlen = 1, .maxlen = COMMAND_SIZE },
                        [MEMCTL_L_HELD] = WIRE_U64,
                        [MEMCTL_L_LEFT] = WIRE_U64,
                },
        .names =
                (const char *const[MEMCTL_L_MAX + 1]){
                        [MEMCTL_L_ID] = "id",
                        [MEMCTL_L_PID] = "pid",
                        [MEMCTL_L_COMM] = "command",
                        [MEMCTL_L_HELD] = "time held",
                        [MEMCTL_L_LEFT] = "time left",
                },
        .max = MEMCTL_L_MAX,
        /* whose it is, only an administrator is told */
        .optional = WIRE_BIT(MEMCTL_L_PID) | WIRE_BIT(MEMCTL_L_COMM),
};

static int read_lease(struct nlattr *nest, struct lru_lease *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_L_MAX + 1];
        int r;

        r = wire_read_nest(&lease_format, nest, attributes, message);
        if (r < 0)
                return r;
        *ret = (struct lru_lease){
                .id = nla_get_u64(attributes[MEMCTL_L_ID]),
                .held_nsecs = nla_get_u64(attributes[MEMCTL_L_HELD]),
                .left_nsecs = nla_get_u64(attributes[MEMCTL_L_LEFT]),
        };
        if (attributes[MEMCTL_L_PID])
                ret->pid = nla_get_u32(attributes[MEMCTL_L_PID]);
        if (attributes[MEMCTL_L_COMM]) /* libnl has seen that it ends in NUL */
                command_copy(ret->command, nla_data(attributes[MEMCTL_L_COMM]), COMMAND_SIZE);
        return ret->id > 0 ? 0 : fail(message, -EBADMSG, "memctl.ko: 0 is no number of a lease");
}

static int add_lease(struct lru_cache *cache, struct nlattr *nest, char **message)
{
        struct lru_lease *lease = &cache->leases[cache->n_leases];
        int r;

        if (cache->n_leases == MEMCTL_LEASES_MAX)
                return fail(message, -EBADMSG, "memctl.ko names more leases than %d", MEMCTL_LEASES_MAX);
        r = read_lease(nest, lease, message);
        if (r < 0)
                return r;
        for (size_t i = 0; i < cache->n_leases; i++)
                if (cache->leases[i].id == lease->id)
                        return fail(message, -EBADMSG, "memctl.ko names one lease twice");
        cache->n_leases++;
        return 0;
}

/* Of a message that has been judged. */
static int read_leases(struct nlmsghdr *header, struct lru_cache *cache, char **message)
{
        struct genlmsghdr *genl = nlmsg_data(header);
        struct nlattr *attribute;
        int remaining, r;

        nla_for_each_attr(attribute, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0), remaining)
        {
                if (nla_type(attribute) != MEMCTL_A_LEASE)
                        continue;
                r = add_lease(cache, attribute, message);
                if (r < 0)
                        return r;
        }
        return 0;
}

int lru_cache_parse(struct nlmsghdr *header, struct lru_cache *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        struct lru_cache cache = { .loaded = true };
        int r;

        cache.supported =
                !genlmsg_valid_hdr(header, 0) || !nlmsg_find_attr(header, GENL_HDRLEN, MEMCTL_A_LRU_REASON);
        r = wire_read_message(cache.supported ? &supported_format : &unsupported_format, header, attributes,
                              message);
        if (r < 0)
                return r;
        if (cache.supported)
                cache.disabled = nla_get_u32(attributes[MEMCTL_A_LRU_DISABLED]);
        else {
                r = wire_copy_string(cache.reason, sizeof(cache.reason), attributes[MEMCTL_A_LRU_REASON],
                                     "reason", message);
                if (r < 0)
                        return r;
        }
        cache.longest_seconds = nla_get_u32(attributes[MEMCTL_A_LRU_LONGEST]);
        if (cache.longest_seconds == 0)
                return fail(message, -EBADMSG, "memctl.ko: a lease cannot last 0 seconds at most");
        r = read_leases(header, &cache, message);
        if (r < 0)
                return r;
        *ret = cache;
        return 0;
}

int lru_lease_parse(struct nlmsghdr *header, struct lru_lease *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        struct lru_lease lease;
        int r;

        r = wire_read_message(&held_format, header, attributes, message);
        if (r >= 0)
                r = read_lease(attributes[MEMCTL_A_LEASE], &lease, message);
        if (r >= 0)
                *ret = lease;
        return r;
}

static int on_answer(struct nlmsghdr *header, void *userdata, char **message)
{
        return lru_cache_parse(header, userdata, message);
}

int lru_cache_read(const struct tree *tree, struct lru_cache *ret, char **message)
{
        const struct netlink_question question = {
                .command = MEMCTL_C_LRU_CACHE,
                .answer = on_answer,
                .answer_userdata = ret,
                .single = "anything about the LRU caches",
        };
        const char *reason = NULL;
        int r;

        *ret = (struct lru_cache){ 0 };
        r = module_ask(tree, &question, message);
        if (r == 0)
                reason = tree->live ? "memctl.ko is not loaded"
                                    : "a tree has no LRU caches, only a running machine has";
        if (r == -EOPNOTSUPP) {
                free(*message);
                *message = NULL;
                reason = "this memctl.ko is too old: it does not know about the LRU caches";
        }
        if (reason)
                (void) snprintf(ret->reason, sizeof(ret->reason), "%s", reason);
        return reason ? 0 : r < 0 ? r : 0;
}
