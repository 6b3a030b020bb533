/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/netlink.h"

#include "daemon/module/netlink_socket.h"

#include "uapi/memctl.h"
#include "basic/cleanup.h"
#include "basic/message.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

DEFINE_CLEANUP(struct nl_sock *, nl_socket_free)
DEFINE_CLEANUP(struct nl_msg *, nlmsg_free)

/* One exchange: what the callbacks of libnl share. */
struct exchange {
        const struct netlink_question *question;
        char **message;
        size_t n_answers;
        bool done;
        int error; /* the first, a negative errno with *message set */
};

static int stop(struct exchange *exchange, int error)
{
        exchange->error = error;
        exchange->done = true;
        return NL_STOP;
}

static int on_answer(struct nl_msg *m, void *userdata)
{
        struct exchange *exchange = userdata;
        const struct netlink_question *question = exchange->question;
        int r;

        if (question->single && exchange->n_answers++ > 0)
                return stop(exchange,
                            fail(exchange->message, -EBADMSG, "memctl.ko answered one question twice"));
        r = question->answer ? question->answer(nlmsg_hdr(m), question->answer_userdata, exchange->message)
                             : 0;
        return r < 0 ? stop(exchange, r) : NL_OK;
}

static int on_ack(struct nl_msg *m, void *userdata)
{
        (void) m;

        return stop(userdata, 0);
}

/* The text that the kernel gives with an error behind so many bytes of a message, NULL where it gives none.
 */
static const char *extended_text(struct nlmsghdr *header, size_t skip)
{
        const struct nlattr *attribute;
        const char *text;

        if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) || NLMSG_HDRLEN + skip > header->nlmsg_len)
                return NULL;
        attribute = nlmsg_find_attr(header, (int) skip, NLMSGERR_ATTR_MSG);
        text = attribute ? nla_data(attribute) : NULL;
        return text && memchr(text, '\0', (size_t) nla_len(attribute)) ? text : NULL;
}

/* The end of a dump carries its error, if it has one. */
static int on_end_of_dump(struct nl_msg *m, void *userdata)
{
        struct exchange *exchange = userdata;
        struct nlmsghdr *header = nlmsg_hdr(m);
        const char *text;
        int error = 0;

        if (nlmsg_datalen(header) >= (int) sizeof(error))
                memcpy(&error, nlmsg_data(header), sizeof(error));
        if (error >= 0)
                return stop(exchange, 0);
        text = extended_text(header, sizeof(error));
        return stop(exchange,
                    fail(exchange->message, error, "memctl.ko: %s", text ? text : strerror(-error)));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *userdata)
{
        struct exchange *exchange = userdata;
        struct nlmsghdr *header = (struct nlmsghdr *) ((char *) error - NLMSG_HDRLEN);
        /* the request is repeated, unless capped */
        size_t skip = sizeof(*error) +
                      (header->nlmsg_flags & NLM_F_CAPPED ? 0 : error->msg.nlmsg_len - NLMSG_HDRLEN);
        const char *text = extended_text(header, skip);
        int r = error->error < 0 && error->error >= -4095 ? error->error : -EBADMSG;

        (void) from;

        /* A dump that finds the module going (its reference refused, net/netlink/af_netlink.c): no family.
         */
        if (exchange->question->dump && r == -EPROTONOSUPPORT)
                r = -ENOENT;
        return stop(exchange, fail(exchange->message, r, "memctl.ko: %s", text ? text : strerror(-r)));
}

/* What libnl itself found wrong. */
static int library_error(int error, char **message)
{
        switch (-error) {
        case NLE_NOMEM:
                return -ENOMEM;
        case NLE_DUMP_INTR:
                return fail(message, -ESTALE, "memctl.ko: what is being listed keeps changing");
        case NLE_AGAIN:
                return fail(message, -ETIMEDOUT, "memctl.ko does not answer within %d s",
                            NETLINK_TIMEOUT_SECONDS);
        default:
                return fail(message, -EIO, "cannot ask memctl.ko: %s", nl_geterror(error));
        }
}

static int receive(struct nl_sock *socket, struct exchange *exchange)
{
        _cleanup_(nl_cb_putp) struct nl_cb *callbacks = nl_cb_alloc(NL_CB_DEFAULT);
        int r;

        if (!callbacks)
                return -ENOMEM;
        (void) nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, on_answer, exchange);
        (void) nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, on_ack, exchange);
        (void) nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, on_end_of_dump, exchange);
        (void) nl_cb_err(callbacks, NL_CB_CUSTOM, on_error, exchange);

        while (!exchange->done) {
                r = nl_recvmsgs(socket, callbacks);
                if (r < 0 && exchange->error == 0)
                        return library_error(r, exchange->message);
        }
        return exchange->error;
}

static int ask(struct nl_sock *socket, int family, uint8_t version, const struct netlink_question *question,
               char **message)
{
        struct exchange exchange = { .question = question, .message = message };
        _cleanup_(nlmsg_freep) struct nl_msg *m = nlmsg_alloc();
        int r;

        if (!m || !genlmsg_put(m, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, question->dump ? NLM_F_DUMP : 0,
                               question->command, version))
                return -ENOMEM;
        if (question->fill && question->fill(m, question->fill_userdata) < 0)
                return -ENOMEM;
        r = nl_send_auto(socket, m);
        if (r < 0)
                return library_error(r, message);
        r = receive(socket, &exchange);
        if (r >= 0 && question->single && exchange.n_answers == 0)
                return fail(message, -EBADMSG, "memctl.ko did not say %s", question->single);
        return r;
}

static int fill_family_name(struct nl_msg *m, const void *userdata)
{
        return nla_put_string(m, CTRL_ATTR_FAMILY_NAME, userdata);
}

static int on_family(struct nlmsghdr *header, void *userdata, char **message)
{
        static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
                [CTRL_ATTR_FAMILY_ID] = { .type = NLA_U16 },
                [CTRL_ATTR_VERSION] = { .type = NLA_U32 },
        };
        struct nlattr *attributes[CTRL_ATTR_MAX + 1];

        if (genlmsg_parse(header, 0, attributes, CTRL_ATTR_MAX, policy) < 0 ||
            !attributes[CTRL_ATTR_FAMILY_ID] || !attributes[CTRL_ATTR_VERSION])
                return fail(message, -EBADMSG, "the kernel does not say which family memctl.ko has");
        if (nla_get_u32(attributes[CTRL_ATTR_VERSION]) != MEMCTL_GENL_VERSION)
                return fail(message, -EPROTONOSUPPORT,
                            "memctl.ko and memctld are of different releases: memctld speaks version %d of "
                            "their language, memctl.ko version %u",
                            MEMCTL_GENL_VERSION, nla_get_u32(attributes[CTRL_ATTR_VERSION]));
        *(int *) userdata = nla_get_u16(attributes[CTRL_ATTR_FAMILY_ID]);
        return 0;
}

/* Not genl_ctrl_resolve(): to that, every error is "no such family". */
static int find_family(struct nl_sock *socket, int *ret, char **message)
{
        const struct netlink_question question = {
                .command = CTRL_CMD_GETFAMILY,
                .fill = fill_family_name,
                .fill_userdata = MEMCTL_GENL_NAME,
                .answer = on_family,
                .answer_userdata = ret,
        };

        return ask(socket, GENL_ID_CTRL, 1, &question, message);
}

static int open_socket(struct nl_sock **ret, char **message)
{
        static const struct timeval timeout = { .tv_sec = NETLINK_TIMEOUT_SECONDS };
        _cleanup_(nl_socket_freep) struct nl_sock *socket = nl_socket_alloc();
        static const int yes = 1;
        int fd;

        if (!socket)
                return -ENOMEM;
        errno = 0;
        if (genl_connect(socket) < 0)
                return fail(message, errno > 0 ? -errno : -EIO, "cannot open a netlink socket: %s",
                            strerror(errno > 0 ? errno : EIO));
        fd = nl_socket_get_fd(socket);
        if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0)
                return fail(message, -errno, "netlink socket: %s", strerror(errno));
        (void) setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof(yes));
        (void) setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &yes, sizeof(yes));
        *ret = TAKE_PTR(socket);
        return 0;
}

struct netlink *netlink_close(struct netlink *netlink)
{
        if (!netlink)
                return NULL;

        nl_socket_free(netlink->socket);
        free(netlink);
        return NULL;
}

int netlink_new(struct netlink **ret, char **message)
{
        _cleanup_(netlink_closep) struct netlink *netlink = calloc(1, sizeof(*netlink));
        _cleanup_free_ char *why = NULL;
        int r;

        if (!netlink)
                return -ENOMEM;
        r = open_socket(&netlink->socket, &why);
        if (r == -EPROTONOSUPPORT || r == -EAFNOSUPPORT) /* no generic netlink, so no family */
                return 0;
        if (r < 0) {
                *message = TAKE_PTR(why);
                return r;
        }
        *ret = TAKE_PTR(netlink);
        return 1;
}

int netlink_find(struct netlink *netlink, char **message)
{
        _cleanup_free_ char *why = NULL;
        int r = find_family(netlink->socket, &netlink->family, &why);

        if (r == -ENOENT)
                return 0;
        if (r < 0)
                *message = TAKE_PTR(why);
        return r < 0 ? r : 1;
}

int netlink_open(struct netlink **ret, char **message)
{
        _cleanup_(netlink_closep) struct netlink *netlink = NULL;
        int r;

        r = netlink_new(&netlink, message);
        if (r > 0)
                r = netlink_find(netlink, message);
        if (r > 0)
                *ret = TAKE_PTR(netlink);
        return r;
}

int netlink_ask_on(struct netlink *netlink, const struct netlink_question *question, char **message)
{
        return ask(netlink->socket, netlink->family, MEMCTL_GENL_VERSION, question, message);
}

int netlink_ask(const struct netlink_question *question, char **message)
{
        _cleanup_(netlink_closep) struct netlink *netlink = NULL;
        _cleanup_free_ char *why = NULL;
        int r;

        r = netlink_open(&netlink, &why);
        if (r > 0) {
                r = netlink_ask_on(netlink, question, &why);
                if (r == -ENOENT) /* of the family: no question that is asked here names anything else */
                        return 0;
                if (r >= 0)
                        return 1;
        }
        if (r < 0)
                *message = TAKE_PTR(why);
        return r;
}
