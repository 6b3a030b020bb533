/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/netlink.h"

#include "basic/message.h"
#include "daemon/module/netlink_socket.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <string.h>

/* The group "notify" of the family "nlctrl" has the family's own number (net/netlink/genetlink.c). */
#define GROUP_OF_FAMILIES GENL_ID_CTRL

static int join(struct netlink *netlink, int group, char **message)
{
        int r = nl_socket_add_membership(netlink->socket, group);

        if (r >= 0)
                r = nl_socket_set_nonblocking(netlink->socket);
        return r < 0 ? fail(message, -EIO, "cannot listen to the kernel: %s", nl_geterror(r)) : 0;
}

int netlink_listen(struct netlink **ret, char **message)
{
        _cleanup_(netlink_closep) struct netlink *netlink = NULL;
        int r, group;

        r = netlink_open(&netlink, message);
        if (r <= 0)
                return r;
        group = genl_ctrl_resolve_grp(netlink->socket, MEMCTL_GENL_NAME, MEMCTL_GENL_EVENTS);
        if (group < 0)
                return fail(message, -ENOENT, "memctl.ko tells of no events: %s", nl_geterror(group));
        r = join(netlink, group, message);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(netlink);
        return 1;
}

int netlink_listen_for_module(struct netlink **ret, char **message)
{
        _cleanup_(netlink_closep) struct netlink *netlink = NULL;
        int r;

        r = netlink_new(&netlink, message);
        if (r <= 0)
                return r;
        r = join(netlink, GROUP_OF_FAMILIES, message);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(netlink);
        return 1;
}

bool netlink_tells_of_module(struct nlmsghdr *header, bool *ret_came)
{
        static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
                [CTRL_ATTR_FAMILY_NAME] = { .type = NLA_STRING },
        };
        struct nlattr *attributes[CTRL_ATTR_MAX + 1];
        uint8_t command;

        if (header->nlmsg_type != GENL_ID_CTRL || !genlmsg_valid_hdr(header, 0) ||
            genlmsg_parse(header, 0, attributes, CTRL_ATTR_MAX, policy) < 0 ||
            !attributes[CTRL_ATTR_FAMILY_NAME] ||
            nla_strcmp(attributes[CTRL_ATTR_FAMILY_NAME], MEMCTL_GENL_NAME) != 0)
                return false;
        command = genlmsg_hdr(header)->cmd;
        if (command != CTRL_CMD_NEWFAMILY && command != CTRL_CMD_DELFAMILY)
                return false;
        *ret_came = command == CTRL_CMD_NEWFAMILY;
        return true;
}

int netlink_fd(const struct netlink *netlink)
{
        return nl_socket_get_fd(netlink->socket);
}

struct listener {
        void (*handler)(void *userdata, struct nlmsghdr *header);
        void *userdata;
};

static int on_event(struct nl_msg *m, void *userdata)
{
        const struct listener *listener = userdata;

        listener->handler(listener->userdata, nlmsg_hdr(m));
        return NL_OK;
}

/* Events answer no request. */
static int any_sequence(struct nl_msg *m, void *userdata)
{
        (void) m, (void) userdata;

        return NL_OK;
}

int netlink_receive(struct netlink *netlink, void (*handler)(void *userdata, struct nlmsghdr *header),
                    void *userdata)
{
        _cleanup_(nl_cb_putp) struct nl_cb *callbacks = nl_cb_alloc(NL_CB_DEFAULT);
        struct listener listener = { .handler = handler, .userdata = userdata };
        int r;

        if (!callbacks)
                return -ENOBUFS;
        (void) nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, on_event, &listener);
        (void) nl_cb_set(callbacks, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence, NULL);
        do
                r = nl_recvmsgs(netlink->socket, callbacks);
        while (r >= 0);
        if (r == -NLE_AGAIN)
                return 0;
        return r == -NLE_NOMEM ? -ENOBUFS : -EIO; /* libnl's word for both wants of memory */
}
