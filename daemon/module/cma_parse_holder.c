/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_parse.h"

#include "basic/message.h"
#include "daemon/module/cma_wire.h"

#include <errno.h>
#include <inttypes.h>

static const struct wire_format holder_format = {
        .what = "CMA allocation",
        .policy = WIRE_POLICY(MEMCTL_H_MAX){ [MEMCTL_H_START_PFN] = WIRE_U64,
                                             [MEMCTL_H_PAGES] = WIRE_U64,
                                             [MEMCTL_H_ALIGN] = WIRE_U64,
                                             [MEMCTL_H_PID] = WIRE_U32,
                                             [MEMCTL_H_COMM] = CMA_WIRE_COMMAND,
                                             [MEMCTL_H_OWNER] = CMA_WIRE_OWNER,
                                             [MEMCTL_H_AGE] = WIRE_U64 },
        .names = WIRE_NAMES(MEMCTL_H_MAX){ [MEMCTL_H_START_PFN] = "first pfn",
                                           [MEMCTL_H_PAGES] = "pages",
                                           [MEMCTL_H_ALIGN] = "alignment",
                                           [MEMCTL_H_PID] = "pid",
                                           [MEMCTL_H_COMM] = "command",
                                           [MEMCTL_H_OWNER] = "owner",
                                           [MEMCTL_H_AGE] = "age" },
        .max = MEMCTL_H_MAX,
        .optional = WIRE_BIT(MEMCTL_H_ALIGN) | WIRE_BIT(MEMCTL_H_PID) | WIRE_BIT(MEMCTL_H_COMM) |
                    WIRE_BIT(MEMCTL_H_OWNER) | WIRE_BIT(MEMCTL_H_AGE),
};

int module_cma_parse_holder(struct nlmsghdr *header, struct module_cma_holder *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_H_MAX + 1], *nest;
        struct module_cma_holder holder = { 0 };
        int r;

        r = wire_read_nested(&holder_format, MEMCTL_A_CMA_HOLDER, "allocation", header, &nest, attributes,
                             message);
        if (r >= 0)
                r = CMA_WIRE_COPY(holder.owner, MEMCTL_H_OWNER, &holder_format);
        if (r < 0)
                return r;
        cma_wire_copy_command(holder.command, attributes[MEMCTL_H_COMM]);
        holder.start = nla_get_u64(attributes[MEMCTL_H_START_PFN]);
        holder.pages = nla_get_u64(attributes[MEMCTL_H_PAGES]);
        holder.align = cma_wire_figure(attributes, MEMCTL_H_ALIGN, 0);
        holder.pid = cma_wire_number(attributes, MEMCTL_H_PID);
        holder.before = !attributes[MEMCTL_H_AGE];
        holder.age_nsecs = cma_wire_figure(attributes, MEMCTL_H_AGE, 0);
        if (holder.pages == 0 || holder.start > UINT64_MAX - holder.pages)
                return fail(message, -EBADMSG, "memctl.ko: a CMA allocation of no pages at pfn 0x%" PRIx64,
                            holder.start);
        *ret = holder;
        return 0;
}
