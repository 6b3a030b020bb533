/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_wire.h"

#include <string.h>

uint64_t cma_wire_figure(struct nlattr *const *attributes, int type, uint64_t otherwise)
{
        return attributes[type] ? nla_get_u64(attributes[type]) : otherwise;
}

uint32_t cma_wire_number(struct nlattr *const *attributes, int type)
{
        return attributes[type] ? nla_get_u32(attributes[type]) : 0;
}

int cma_wire_copy(char *buf, size_t size, struct nlattr *const *attributes, int type,
                  const struct wire_format *format, char **message)
{
        buf[0] = '\0';
        return attributes[type] ? wire_copy_string(buf, size, attributes[type], format->names[type], message)
                                : 0;
}

void cma_wire_copy_command(char buf[static MODULE_CMA_COMMAND_SIZE], const struct nlattr *attribute)
{
        size_t n = 0;

        if (attribute) {
                const char *text = nla_data(attribute);
                size_t length = strnlen(text, (size_t) nla_len(attribute));

                for (; n < length && n < MODULE_CMA_COMMAND_SIZE - 1; n++)
                        buf[n] = text[n];
                for (size_t i = 0; i < n; i++)
                        if (buf[i] < ' ' || buf[i] > '~')
                                buf[i] = '?';
        }
        buf[n] = '\0';
}

int cma_wire_read(const struct wire_format *outer, const struct wire_format *inner, int type,
                  struct nlmsghdr *header, struct nlattr **nest, struct nlattr **attributes, char **message)
{
        struct nlattr *all[MEMCTL_A_MAX + 1];
        int r;

        r = wire_read_message(outer, header, all, message);
        if (r < 0)
                return r;
        *nest = all[type];
        return wire_read_nest(inner, all[type], attributes, message);
}
