/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_parse.h"

#include "basic/message.h"
#include "daemon/module/cma_wire.h"

#include <errno.h>

static const struct wire_format failure_format = {
        .what = "failure of CMA",
        .policy = WIRE_POLICY(MEMCTL_CF_MAX){ [MEMCTL_CF_SERIAL] = WIRE_U64,
                                              [MEMCTL_CF_NAME] = CMA_WIRE_NAME,
                                              [MEMCTL_CF_PAGES] = WIRE_U64,
                                              [MEMCTL_CF_ALIGN] = WIRE_U64,
                                              [MEMCTL_CF_ERRNO] = WIRE_U32,
                                              [MEMCTL_CF_CAUSE] = WIRE_U32,
                                              [MEMCTL_CF_FREE] = WIRE_U64,
                                              [MEMCTL_CF_LARGEST_FREE] = WIRE_U64,
                                              [MEMCTL_CF_RETRIED] = WIRE_U64,
                                              [MEMCTL_CF_PFN] = WIRE_U64,
                                              [MEMCTL_CF_CLASS] = WIRE_U32,
                                              [MEMCTL_CF_PAGE_OWNER] = CMA_WIRE_OWNER,
                                              [MEMCTL_CF_OTHER_AREA] = CMA_WIRE_NAME,
                                              [MEMCTL_CF_PID] = WIRE_U32,
                                              [MEMCTL_CF_COMM] = CMA_WIRE_COMMAND,
                                              [MEMCTL_CF_OWNER] = CMA_WIRE_OWNER,
                                              [MEMCTL_CF_AGE] = WIRE_U64 },
        .names = WIRE_NAMES(MEMCTL_CF_MAX){ [MEMCTL_CF_SERIAL] = "number",
                                            [MEMCTL_CF_NAME] = "name",
                                            [MEMCTL_CF_PAGES] = "pages",
                                            [MEMCTL_CF_ALIGN] = "alignment",
                                            [MEMCTL_CF_ERRNO] = "error",
                                            [MEMCTL_CF_CAUSE] = "cause",
                                            [MEMCTL_CF_FREE] = "free pages",
                                            [MEMCTL_CF_LARGEST_FREE] = "largest free run",
                                            [MEMCTL_CF_RETRIED] = "retried",
                                            [MEMCTL_CF_PFN] = "pfn",
                                            [MEMCTL_CF_CLASS] = "class",
                                            [MEMCTL_CF_PAGE_OWNER] = "owner of the page",
                                            [MEMCTL_CF_OTHER_AREA] = "other area",
                                            [MEMCTL_CF_PID] = "pid",
                                            [MEMCTL_CF_COMM] = "command",
                                            [MEMCTL_CF_OWNER] = "owner",
                                            [MEMCTL_CF_AGE] = "age" },
        .max = MEMCTL_CF_MAX,
        .optional = WIRE_BIT(MEMCTL_CF_PFN) | WIRE_BIT(MEMCTL_CF_CLASS) | WIRE_BIT(MEMCTL_CF_PAGE_OWNER) |
                    WIRE_BIT(MEMCTL_CF_OTHER_AREA) | WIRE_BIT(MEMCTL_CF_PID) | WIRE_BIT(MEMCTL_CF_COMM) |
                    WIRE_BIT(MEMCTL_CF_OWNER) | WIRE_BIT(MEMCTL_CF_RETRIED),
};

int module_cma_parse_failure(struct nlmsghdr *header, struct module_cma_failure *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_CF_MAX + 1], *nest;
        struct module_cma_failure failure = { 0 };
        uint32_t number;
        int r;

        r = wire_read_nested(&failure_format, MEMCTL_A_CMA_FAILURE, "failure", header, &nest, attributes,
                             message);
        if (r >= 0)
                r = CMA_WIRE_COPY(failure.name, MEMCTL_CF_NAME, &failure_format);
        if (r >= 0)
                r = CMA_WIRE_COPY(failure.page_owner, MEMCTL_CF_PAGE_OWNER, &failure_format);
        if (r >= 0)
                r = CMA_WIRE_COPY(failure.other_area, MEMCTL_CF_OTHER_AREA, &failure_format);
        if (r >= 0)
                r = CMA_WIRE_COPY(failure.owner, MEMCTL_CF_OWNER, &failure_format);
        if (r < 0)
                return r;
        cma_wire_copy_command(failure.command, attributes[MEMCTL_CF_COMM]);
        failure.serial = nla_get_u64(attributes[MEMCTL_CF_SERIAL]);
        failure.pages = nla_get_u64(attributes[MEMCTL_CF_PAGES]);
        failure.align = nla_get_u64(attributes[MEMCTL_CF_ALIGN]);
        failure.free = nla_get_u64(attributes[MEMCTL_CF_FREE]);
        failure.largest_free = nla_get_u64(attributes[MEMCTL_CF_LARGEST_FREE]);
        failure.retried = cma_wire_figure(attributes, MEMCTL_CF_RETRIED, 0);
        failure.age_nsecs = nla_get_u64(attributes[MEMCTL_CF_AGE]);
        failure.pid = cma_wire_number(attributes, MEMCTL_CF_PID);
        number = nla_get_u32(attributes[MEMCTL_CF_CAUSE]);
        failure.cause = number <= MEMCTL_CMA_CAUSE_MAX ? number : MEMCTL_CMA_UNKNOWN;
        number = cma_wire_number(attributes, MEMCTL_CF_CLASS);
        failure.has_page =
                attributes[MEMCTL_CF_PFN] && number > MEMCTL_CLASS_UNSPEC && number <= MEMCTL_CLASS_MAX;
        if (failure.has_page) {
                failure.pfn = nla_get_u64(attributes[MEMCTL_CF_PFN]);
                failure.class = (uint8_t) number;
        }
        number = nla_get_u32(attributes[MEMCTL_CF_ERRNO]);
        if (number == 0 || number > 4095)
                return fail(message, -EBADMSG, "memctl.ko: failure of CMA: %u is no error number", number);
        failure.error = (int) number;
        *ret = failure;
        return 0;
}
