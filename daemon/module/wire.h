/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads what memctl.ko sends (include/uapi/memctl.h) as if anybody could have sent it: every attribute of
 * its type and length, none missing, none twice. Attributes that this memctld does not know are passed
 * over, so that a newer module may say more.
 */
#ifndef MEMCTL_MODULE_WIRE_H
#define MEMCTL_MODULE_WIRE_H

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdint.h>

/* What a message or a nest holds. Attributes with a name are wanted, all others are passed over. */
struct wire_format {
        const char *what;                /* for messages: "provider" */
        const struct nla_policy *policy; /* by attribute */
        const char *const *names;        /* by attribute, for messages; NULL: not wanted */
        int max;                         /* the last attribute */
        uint64_t optional;               /* WIRE_BIT() of those that may be missing */
        uint64_t repeated;               /* the same of those that may be missing, or there more than once */
};

#define WIRE_BIT(attribute) (UINT64_C(1) << (attribute))

#define WIRE_U32                                                                                            \
        {                                                                                                   \
                .type = NLA_U32, .minlen = sizeof(uint32_t), .maxlen = sizeof(uint32_t)                     \
        }
#define WIRE_U64                                                                                            \
        {                                                                                                   \
                .type = NLA_U64, .minlen = sizeof(uint64_t), .maxlen = sizeof(uint64_t)                     \
        }
/* A string that fits, with its NUL, into an array of this many bytes; it is not empty. */
#define WIRE_STRING(size)                                                                                   \
        {                                                                                                   \
                .type = NLA_STRING, .minlen = 2, .maxlen = (size)                                           \
        }
/* A nest: judged when it is read itself. */
#define WIRE_NEST                                                                                           \
        {                                                                                                   \
                .type = NLA_NESTED                                                                          \
        }

/*
 * Fills attributes (format->max + 1 of them) from a whole message of a generic netlink family, or from a
 * nest. 0, or -EBADMSG with *message set. Of a repeated attribute the last is kept: wire_next() finds all.
 */
int wire_read_message(const struct wire_format *format, struct nlmsghdr *header, struct nlattr **attributes,
                      char **message);
int wire_read_nest(const struct wire_format *format, struct nlattr *nest, struct nlattr **attributes,
                   char **message);

/*
 * Of a message that is one nest, an attribute of that type (MEMCTL_A_*) and name: what is in the nest, which
 * is in *nest. 0, or -EBADMSG with *message set.
 */
int wire_read_nested(const struct wire_format *format, int type, const char *name, struct nlmsghdr *header,
                     struct nlattr **nest, struct nlattr **attributes, char **message);

/* The first attribute of the type in a nest that was read, or the next after one; NULL: no more. */
struct nlattr *wire_next(struct nlattr *nest, int type, struct nlattr *after);

/*
 * Copies a string that a WIRE_STRING(size) let through. 0, or -EBADMSG unless all of it is printable ASCII
 * up to one NUL at its end. name is for the message.
 */
int wire_copy_string(char *buf, size_t size, const struct nlattr *attribute, const char *name,
                     char **message);

#endif
