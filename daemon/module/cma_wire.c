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

void cma_wire_copy_command(char buf[static COMMAND_SIZE], const struct nlattr *attribute)
{
        if (attribute)
                command_copy(buf, nla_data(attribute), (size_t) nla_len(attribute));
        else
                buf[0] = '\0';
}
