/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/wire.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "uapi/memctl.h"

#include <errno.h>
#include <netlink/genl/genl.h>
#include <string.h>

static int bad(char **message, const char *what, const char *name, const char *how)
{
        return fail(message, -EBADMSG, "memctl.ko answered what memctld cannot read: %s: %s%s%s", what,
                    name ? name : "", name ? " " : "", how);
}

static int take(const struct wire_format *format, struct nlattr *attribute, struct nlattr **attributes,
                char **message)
{
        int type = nla_type(attribute);
        const char *name = type <= format->max ? format->names[type] : NULL;

        if (!name)
                return 0;
        if (attributes[type] && !(format->repeated & WIRE_BIT(type)))
                return bad(message, format->what, name, "is there twice");
        /* libnl judges streams: here, one of a single attribute */
        if (nla_validate(attribute, attribute->nla_len, format->max, format->policy) < 0)
                return bad(message, format->what, name, "has a bad length or form");
        attributes[type] = attribute;
        return 0;
}

static int read_stream(const struct wire_format *format, struct nlattr *head, int length,
                       struct nlattr **attributes, char **message)
{
        struct nlattr *attribute;
        int remaining, r;

        memset(attributes, 0, (size_t) (format->max + 1) * sizeof(*attributes));
        nla_for_each_attr(attribute, head, length, remaining)
        {
                r = take(format, attribute, attributes, message);
                if (r < 0)
                        return r;
        }
        /* the padding of the last attribute may be left out, so this may be below 0 */
        if (remaining > 0)
                return bad(message, format->what, NULL, "ends within an attribute");

        for (int type = 0; type <= format->max; type++)
                if (format->names[type] && !attributes[type] &&
                    !((format->optional | format->repeated) & WIRE_BIT(type)))
                        return bad(message, format->what, format->names[type], "is missing");
        return 0;
}

int wire_read_message(const struct wire_format *format, struct nlmsghdr *header, struct nlattr **attributes,
                      char **message)
{
        struct genlmsghdr *genl;

        if (!genlmsg_valid_hdr(header, 0))
                return bad(message, format->what, NULL, "is too short");
        genl = nlmsg_data(header);
        return read_stream(format, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0), attributes, message);
}

int wire_read_nest(const struct wire_format *format, struct nlattr *nest, struct nlattr **attributes,
                   char **message)
{
        return read_stream(format, nla_data(nest), nla_len(nest), attributes, message);
}

int wire_read_nested(const struct wire_format *format, int type, const char *name, struct nlmsghdr *header,
                     struct nlattr **nest, struct nlattr **attributes, char **message)
{
        struct nla_policy policy[MEMCTL_A_MAX + 1] = { 0 };
        const char *names[MEMCTL_A_MAX + 1] = { 0 };
        const struct wire_format outer = {
                .what = format->what,
                .policy = policy,
                .names = names,
                .max = MEMCTL_A_MAX,
        };
        struct nlattr *all[MEMCTL_A_MAX + 1];
        int r;

        policy[type] = (struct nla_policy) WIRE_NEST;
        names[type] = name;
        r = wire_read_message(&outer, header, all, message);
        if (r < 0)
                return r;
        *nest = all[type];
        return wire_read_nest(format, *nest, attributes, message);
}

struct nlattr *wire_next(struct nlattr *nest, int type, struct nlattr *after)
{
        struct nlattr *attribute = nla_data(nest);
        int remaining = nla_len(nest);

        if (after) {
                remaining -= (int) ((char *) after - (char *) attribute);
                attribute = nla_next(after, &remaining);
        }
        for (; nla_ok(attribute, remaining); attribute = nla_next(attribute, &remaining))
                if (nla_type(attribute) == type)
                        return attribute;
        return NULL;
}

int wire_copy_string(char *buf, size_t size, const struct nlattr *attribute, const char *name,
                     char **message)
{
        const char *text = nla_data(attribute);
        size_t length = (size_t) nla_len(attribute);

        if (length == 0 || length > size || strnlen(text, length) != length - 1)
                return bad(message, name, NULL, "is no string");
        for (size_t i = 0; i < length - 1; i++)
                if (text[i] < ' ' || text[i] > '~')
                        return bad(message, name, NULL, "has characters that are not printable");
        memcpy(buf, text, length);
        return 0;
}
