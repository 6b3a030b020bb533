/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks memctl.ko questions over generic netlink. Each has a connection of its own: the module may go and
 * come between two, and after a failed one nothing is left in a socket to be mistaken for the answer to the
 * next. Only what the kernel ties to a socket (a lease, a fence) needs a connection that stays, and
 * listening to events.
 */
#ifndef MEMCTL_MODULE_NETLINK_H
#define MEMCTL_MODULE_NETLINK_H

#include "basic/cleanup.h"

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdbool.h>
#include <stdint.h>

/* How long the kernel may leave us without an answer. (Requests that take long do so while they are sent.)
 */
#define NETLINK_TIMEOUT_SECONDS 5

struct netlink_question {
        uint8_t command; /* MEMCTL_C_* */
        bool dump;
        int (*fill)(struct nl_msg *m, const void *userdata); /* adds attributes; NULL: there are none */
        const void *fill_userdata;
        /*
         * Called for each message of the answer; a negative errno, with *message set, ends it. NULL: there
         * is nothing to say but that it is done.
         */
        int (*answer)(struct nlmsghdr *header, void *userdata, char **message);
        void *answer_userdata;
        /* What exactly one message is to say ("what it is"): none and a second are errors. NULL: any number.
         */
        const char *single;
};

/*
 * 1: answered; 0: the kernel has no family "memctl", so memctl.ko is not loaded; -errno with *message set
 * (NULL when memory is short). -ESTALE: what is being listed changed meanwhile; ask again, from the start.
 */
int netlink_ask(const struct netlink_question *question, char **message);

/* A connection that stays; no other process inherits it. */
struct netlink;

/* 1 and *ret; 0 and -errno as netlink_ask(). */
int netlink_open(struct netlink **ret, char **message);

/*
 * The same in two steps, of which the first never waits for the kernel: netlink_new() and then, in another
 * thread if need be, netlink_find() and netlink_ask_on(). 1 and *ret, or 0 and -errno as netlink_ask().
 */
int netlink_new(struct netlink **ret, char **message);
int netlink_find(struct netlink *netlink, char **message);

/*
 * 0: answered; -errno as the kernel said (-ENOENT, too), with *message set. After an error other than the
 * kernel's own there may be something left in the socket: close it.
 */
int netlink_ask_on(struct netlink *netlink, const struct netlink_question *question, char **message);

/*
 * A connection on which memctl.ko's events arrive, and nothing else is asked; reading it never blocks. 1 and
 * *ret; 0 and -errno as netlink_ask().
 */
int netlink_listen(struct netlink **ret, char **message);

/*
 * The same, of the kernel's news of families that come and go, memctl.ko's among them. It is not asked for
 * that family, which would have the kernel load the module.
 */
int netlink_listen_for_module(struct netlink **ret, char **message);

/* Whether a message of that connection is about memctl.ko's family, and if it came or went. */
bool netlink_tells_of_module(struct nlmsghdr *header, bool *ret_came);

/* To be polled for input. */
int netlink_fd(const struct netlink *netlink);

/*
 * Hands over all events that have arrived; what handler thinks of one is its own business. 0; -ENOBUFS: some
 * were lost; another -errno: there will be no more.
 */
int netlink_receive(struct netlink *netlink, void (*handler)(void *userdata, struct nlmsghdr *header),
                    void *userdata);

struct netlink *netlink_close(struct netlink *netlink);
DEFINE_CLEANUP(struct netlink *, netlink_close)

#endif
