/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks memctl.ko one question over generic netlink. Each question has a connection of its own: the module
 * may go and come between two, and after a failed one nothing is left in a socket to be mistaken for the
 * answer to the next.
 */
#ifndef MEMCTL_MODEL_NETLINK_H
#define MEMCTL_MODEL_NETLINK_H

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
        /* Called for each message of the answer; a negative errno, with *message set, ends it. */
        int (*answer)(struct nlmsghdr *header, void *userdata, char **message);
        void *answer_userdata;
};

/*
 * 1: answered; 0: the kernel has no family "memctl", so memctl.ko is not loaded; -errno with *message set
 * (NULL when memory is short). -ESTALE: what is being listed changed meanwhile; ask again, from the start.
 */
int netlink_ask(const struct netlink_question *question, char **message);

#endif
