/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/lease.h"

#include "daemon/module/lru.h"
#include "daemon/module/module.h"
#include "uapi/memctl.h"
#include "basic/message.h"

#include <errno.h>
#include <string.h>

#define USEC_PER_SEC UINT64_C(1000000)

struct lease {
        struct netlink *netlink; /* its end is the lease's */
        uint64_t id;
        uint64_t usec;
        uint32_t seconds; /* asked for; 0: as long as may be */
};

/* 0: the kernel's default, which is the most. */
static int fill_seconds(struct nl_msg *m, const void *userdata)
{
        const uint32_t *seconds = userdata;

        return *seconds > 0 ? nla_put_u32(m, MEMCTL_A_SECONDS, *seconds) : 0;
}

static int on_held(struct nlmsghdr *header, void *userdata, char **message)
{
        return lru_lease_parse(header, userdata, message);
}

static int hold(struct lease *lease, uint32_t seconds, char **message)
{
        struct lru_lease held = { 0 };
        const struct netlink_question question = {
                .command = MEMCTL_C_LRU_HOLD,
                .fill = fill_seconds,
                .fill_userdata = &seconds,
                .answer = on_held,
                .answer_userdata = &held,
                .single = "which lease it gave",
        };
        int r;

        r = netlink_ask_on(lease->netlink, &question, message);
        if (r < 0)
                return r == -ENOSPC  ? -EBUSY
                       : r == -EPERM ? fail(message, r,
                                            "holding the LRU caches off needs root (CAP_SYS_ADMIN), "
                                            "or memctld on the system bus")
                                     : r;
        lease->id = held.id;
        lease->usec = held.left_nsecs / 1000;
        if (held.held_nsecs < UINT64_MAX - held.left_nsecs)
                lease->usec = (held.held_nsecs + held.left_nsecs + 999) / 1000;
        return 0;
}

int lease_new(const struct tree *tree, uint64_t usec, struct lease **ret, char **message)
{
        _cleanup_(lease_freep) struct lease *lease = NULL;
        uint64_t seconds = usec / USEC_PER_SEC + (usec % USEC_PER_SEC > 0);
        int r;

        if (!tree->live)
                return fail(message, -EOPNOTSUPP,
                            "%s is not the running machine: its LRU caches are not held", tree->root);
        if (seconds > UINT32_MAX)
                return fail(message, -ERANGE, "a lease cannot last that long");
        lease = calloc(1, sizeof(*lease));
        if (!lease)
                return -ENOMEM;
        lease->seconds = (uint32_t) seconds;
        r = module_is_loaded(tree) ? netlink_new(&lease->netlink, message) : 0;
        if (r == 0)
                return fail(message, -EOPNOTSUPP, "memctl.ko is not loaded");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(lease);
        return 0;
}

int lease_hold(struct lease *lease, char **message)
{
        int r = netlink_find(lease->netlink, message);

        if (r == 0)
                return fail(message, -EOPNOTSUPP, "memctl.ko is not loaded");
        return r < 0 ? r : hold(lease, lease->seconds, message);
}

int lease_take(const struct tree *tree, uint64_t usec, struct lease **ret, char **message)
{
        _cleanup_(lease_freep) struct lease *lease = NULL;
        int r;

        r = lease_new(tree, usec, &lease, message);
        if (!lease)
                return r;
        r = lease_hold(lease, message);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(lease);
        return 0;
}

int lease_fd(const struct lease *lease)
{
        return netlink_fd(lease->netlink);
}

struct lease *lease_free(struct lease *lease)
{
        if (!lease)
                return NULL;

        netlink_close(lease->netlink);
        free(lease);
        return NULL;
}

uint64_t lease_id(const struct lease *lease)
{
        return lease->id;
}

uint64_t lease_usec(const struct lease *lease)
{
        return lease->usec;
}

static int fill_release(struct nl_msg *m, const void *userdata)
{
        const struct lease *lease = userdata;

        return nla_put_u64(m, MEMCTL_A_LEASE_ID, lease->id);
}

int lease_release(struct lease *lease, char **message)
{
        const struct netlink_question question = {
                .command = MEMCTL_C_LRU_RELEASE,
                .fill = fill_release,
                .fill_userdata = lease,
        };
        _cleanup_free_ char *why = NULL;
        int r;

        r = netlink_ask_on(lease->netlink, &question, &why);
        if (r == -ENOENT) /* of the lease, or of the whole module */
                return 0;
        if (r < 0)
                *message = TAKE_PTR(why);
        return r < 0 ? r : 1;
}
