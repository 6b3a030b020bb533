/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages as memctl.ko sends them, or as it never should.
 */
#ifndef MEMCTL_TESTS_UNIT_MESSAGE_H
#define MEMCTL_TESTS_UNIT_MESSAGE_H

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stddef.h>

/* A message of some generic netlink family, without attributes; the caller's to nlmsg_free(). */
struct nl_msg *message_new(int command);

/*
 * A copy of the message's first size bytes (0: all) that says it has so many, in memory of just that size:
 * the sanitizer sees every byte read behind it. To be freed.
 */
struct nlmsghdr *message_copy(struct nl_msg *m, size_t size);

/* Changes a few bytes behind the message's header, by random(). */
void message_spoil(struct nlmsghdr *header);

#endif
