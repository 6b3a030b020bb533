/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_parse.h"

#include "basic/message.h"
#include "basic/saturated.h"
#include "daemon/module/cma_wire.h"

#include <errno.h>
#include <string.h>

/* A newer module may tell more causes than are known here. */
#define CAUSES_MAX 64U

static const struct wire_format area_format = {
        .what = "CMA area",
        .policy =
                WIRE_POLICY(MEMCTL_CMA_A_MAX){
                        [MEMCTL_CMA_A_NAME] = CMA_WIRE_NAME,
                        [MEMCTL_CMA_A_START_PFN] = WIRE_U64,
                        [MEMCTL_CMA_A_END_PFN] = WIRE_U64,
                        [MEMCTL_CMA_A_RANGE] = WIRE_NEST,
                        [MEMCTL_CMA_A_NODE] = WIRE_U32,
                        [MEMCTL_CMA_A_ZONE] = WIRE_STRING(sizeof(((struct module_cma_area *) 0)->zone)),
                        [MEMCTL_CMA_A_PAGES] = WIRE_U64,
                        [MEMCTL_CMA_A_ORDER_PER_BIT] = WIRE_U32,
                        [MEMCTL_CMA_A_USED] = WIRE_U64,
                        [MEMCTL_CMA_A_LARGEST_FREE] = WIRE_U64,
                        [MEMCTL_CMA_A_FREE_RUNS] = WIRE_U64,
                        [MEMCTL_CMA_A_BEFORE] = WIRE_U64,
                        [MEMCTL_CMA_A_UNKNOWN] = WIRE_U64,
                        [MEMCTL_CMA_A_SUCCEEDED] = WIRE_U64,
                        [MEMCTL_CMA_A_FAILED] = WIRE_U64,
                        [MEMCTL_CMA_A_RELEASED] = WIRE_U64,
                        [MEMCTL_CMA_A_RETRIED] = WIRE_U64,
                        [MEMCTL_CMA_A_MIGRATED] = WIRE_U64,
                        [MEMCTL_CMA_A_PEAK] = WIRE_U64,
                        [MEMCTL_CMA_A_NEEDED] = WIRE_U64,
                        [MEMCTL_CMA_A_BY_ORDER] = { .minlen = MEMCTL_CMA_ORDERS * sizeof(uint64_t),
                                                    .maxlen = MEMCTL_CMA_ORDERS * sizeof(uint64_t) },
                        [MEMCTL_CMA_A_BY_CAUSE] = { .minlen = sizeof(uint64_t),
                                                    .maxlen = CAUSES_MAX * sizeof(uint64_t) },
                        [MEMCTL_CMA_A_ALIGN_MAX] = WIRE_U64,
                        [MEMCTL_CMA_A_LOST] = WIRE_U64,
                },
        .names =
                WIRE_NAMES(MEMCTL_CMA_A_MAX){
                        [MEMCTL_CMA_A_NAME] = "name",
                        [MEMCTL_CMA_A_START_PFN] = "first pfn",
                        [MEMCTL_CMA_A_END_PFN] = "end",
                        [MEMCTL_CMA_A_RANGE] = "range",
                        [MEMCTL_CMA_A_NODE] = "node",
                        [MEMCTL_CMA_A_ZONE] = "zone",
                        [MEMCTL_CMA_A_PAGES] = "pages",
                        [MEMCTL_CMA_A_ORDER_PER_BIT] = "size of a piece",
                        [MEMCTL_CMA_A_USED] = "used",
                        [MEMCTL_CMA_A_LARGEST_FREE] = "largest free run",
                        [MEMCTL_CMA_A_FREE_RUNS] = "free runs",
                        [MEMCTL_CMA_A_BEFORE] = "used before",
                        [MEMCTL_CMA_A_UNKNOWN] = "unknown",
                        [MEMCTL_CMA_A_SUCCEEDED] = "succeeded",
                        [MEMCTL_CMA_A_FAILED] = "failed",
                        [MEMCTL_CMA_A_RELEASED] = "released",
                        [MEMCTL_CMA_A_RETRIED] = "retried",
                        [MEMCTL_CMA_A_MIGRATED] = "migrated",
                        [MEMCTL_CMA_A_PEAK] = "peak",
                        [MEMCTL_CMA_A_NEEDED] = "needed",
                        [MEMCTL_CMA_A_BY_ORDER] = "allocations by size",
                        [MEMCTL_CMA_A_BY_CAUSE] = "failures by cause",
                        [MEMCTL_CMA_A_ALIGN_MAX] = "largest alignment",
                        [MEMCTL_CMA_A_LOST] = "lost",
                },
        .max = MEMCTL_CMA_A_MAX,
        .optional = WIRE_BIT(MEMCTL_CMA_A_NODE) | WIRE_BIT(MEMCTL_CMA_A_ZONE) |
                    WIRE_BIT(MEMCTL_CMA_A_RETRIED) | WIRE_BIT(MEMCTL_CMA_A_MIGRATED) |
                    WIRE_BIT(MEMCTL_CMA_A_PEAK) | WIRE_BIT(MEMCTL_CMA_A_NEEDED) |
                    WIRE_BIT(MEMCTL_CMA_A_BY_ORDER) | WIRE_BIT(MEMCTL_CMA_A_BY_CAUSE) |
                    WIRE_BIT(MEMCTL_CMA_A_ALIGN_MAX) | WIRE_BIT(MEMCTL_CMA_A_LOST),
        .repeated = WIRE_BIT(MEMCTL_CMA_A_RANGE),
};

static const struct wire_format range_format = {
        .what = "range of a CMA area",
        .policy = WIRE_POLICY(
                MEMCTL_CMA_R_MAX){ [MEMCTL_CMA_R_START_PFN] = WIRE_U64, [MEMCTL_CMA_R_END_PFN] = WIRE_U64 },
        .names = WIRE_NAMES(
                MEMCTL_CMA_R_MAX){ [MEMCTL_CMA_R_START_PFN] = "first pfn", [MEMCTL_CMA_R_END_PFN] = "end" },
        .max = MEMCTL_CMA_R_MAX,
};

static int read_range(struct module_cma_area *area, struct nlattr *nest, char **message)
{
        struct nlattr *attributes[MEMCTL_CMA_R_MAX + 1];
        uint64_t from = area->n_ranges > 0 ? area->ranges[area->n_ranges - 1].end : 0;
        struct pfn_range range;
        int r;

        r = wire_read_nest(&range_format, nest, attributes, message);
        if (r < 0)
                return r;
        range.start = nla_get_u64(attributes[MEMCTL_CMA_R_START_PFN]);
        range.end = nla_get_u64(attributes[MEMCTL_CMA_R_END_PFN]);
        if (area->n_ranges == MODULE_CMA_RANGES_MAX || range.start < from || range.start >= range.end)
                return fail(message, -EBADMSG,
                            "memctl.ko: CMA area %s: its ranges are more than there can be, empty, or not "
                            "ascending",
                            area->name);
        area->ranges[area->n_ranges++] = range;
        return 0;
}

static int check_area(const struct module_cma_area *area, uint64_t start, uint64_t end, char **message)
{
        uint64_t pages = 0;

        for (size_t i = 0; i < area->n_ranges; i++)
                pages += area->ranges[i].end - area->ranges[i].start;
        if (area->n_ranges == 0 || area->ranges[0].start != start ||
            area->ranges[area->n_ranges - 1].end != end || pages != area->pages || area->order_per_bit > 62)
                return fail(message, -EBADMSG, "memctl.ko: CMA area %s: its ranges are not its pages",
                            area->name);
        if (area->used > pages || area->largest_free > pages - area->used)
                return fail(message, -EBADMSG, "memctl.ko: CMA area %s: figures of more pages than it has",
                            area->name);
        return 0;
}

static void read_causes(struct module_cma_area *area, const struct nlattr *attribute)
{
        const char *data = nla_data(attribute);

        for (size_t i = 0; (i + 1) * sizeof(uint64_t) <= (size_t) nla_len(attribute); i++) {
                size_t at = i <= MEMCTL_CMA_CAUSE_MAX ? i : MEMCTL_CMA_UNKNOWN;
                uint64_t count;

                memcpy(&count, data + i * sizeof(count), sizeof(count));
                area->by_cause[at] = add_saturated(area->by_cause[at], count);
        }
}

int module_cma_parse(struct nlmsghdr *header, struct module_cma_area *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_CMA_A_MAX + 1], *nest, *item = NULL;
        struct module_cma_area area = { .node = -1 };
        int r;

        r = wire_read_nested(&area_format, MEMCTL_A_CMA_AREA, "area", header, &nest, attributes, message);
        if (r >= 0)
                r = CMA_WIRE_COPY(area.name, MEMCTL_CMA_A_NAME, &area_format);
        if (r >= 0)
                r = CMA_WIRE_COPY(area.zone, MEMCTL_CMA_A_ZONE, &area_format);
        while (r >= 0 && (item = wire_next(nest, MEMCTL_CMA_A_RANGE, item)))
                r = read_range(&area, item, message);
        if (r < 0)
                return r;
        if (attributes[MEMCTL_CMA_A_NODE] && nla_get_u32(attributes[MEMCTL_CMA_A_NODE]) <= INT32_MAX)
                area.node = (int) nla_get_u32(attributes[MEMCTL_CMA_A_NODE]);
        area.pages = nla_get_u64(attributes[MEMCTL_CMA_A_PAGES]);
        area.order_per_bit = nla_get_u32(attributes[MEMCTL_CMA_A_ORDER_PER_BIT]);
        area.used = nla_get_u64(attributes[MEMCTL_CMA_A_USED]);
        area.largest_free = nla_get_u64(attributes[MEMCTL_CMA_A_LARGEST_FREE]);
        area.free_runs = nla_get_u64(attributes[MEMCTL_CMA_A_FREE_RUNS]);
        area.before = nla_get_u64(attributes[MEMCTL_CMA_A_BEFORE]);
        area.unknown = nla_get_u64(attributes[MEMCTL_CMA_A_UNKNOWN]);
        area.succeeded = nla_get_u64(attributes[MEMCTL_CMA_A_SUCCEEDED]);
        area.failed = nla_get_u64(attributes[MEMCTL_CMA_A_FAILED]);
        area.released = nla_get_u64(attributes[MEMCTL_CMA_A_RELEASED]);
        area.retried = cma_wire_figure(attributes, MEMCTL_CMA_A_RETRIED, MODULE_CMA_NOT_TOLD);
        area.migrated = cma_wire_figure(attributes, MEMCTL_CMA_A_MIGRATED, MODULE_CMA_NOT_TOLD);
        area.peak = cma_wire_figure(attributes, MEMCTL_CMA_A_PEAK, MODULE_CMA_NOT_TOLD);
        area.needed = cma_wire_figure(attributes, MEMCTL_CMA_A_NEEDED, MODULE_CMA_NOT_TOLD);
        area.align_max = cma_wire_figure(attributes, MEMCTL_CMA_A_ALIGN_MAX, MODULE_CMA_NOT_TOLD);
        area.lost = cma_wire_figure(attributes, MEMCTL_CMA_A_LOST, MODULE_CMA_NOT_TOLD);
        if (attributes[MEMCTL_CMA_A_BY_ORDER])
                memcpy(area.by_order, nla_data(attributes[MEMCTL_CMA_A_BY_ORDER]), sizeof(area.by_order));
        if (attributes[MEMCTL_CMA_A_BY_CAUSE])
                read_causes(&area, attributes[MEMCTL_CMA_A_BY_CAUSE]);
        r = check_area(&area, nla_get_u64(attributes[MEMCTL_CMA_A_START_PFN]),
                       nla_get_u64(attributes[MEMCTL_CMA_A_END_PFN]), message);
        if (r < 0)
                return r;
        /* counted a moment before what is used is */
        area.before = area.before < area.used ? area.before : area.used;
        area.unknown = area.unknown < area.pages - area.used ? area.unknown : area.pages - area.used;
        *ret = area;
        return 0;
}
