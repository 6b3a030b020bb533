/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_parse.h"

#include "basic/cleanup.h"
#include "basic/message.h"
#include "basic/saturated.h"
#include "daemon/module/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <netlink/genl/genl.h>
#include <string.h>

/* A newer module may tell more causes than are known here. */
#define CAUSES_MAX 64U

#define CMA_NAME WIRE_STRING(MODULE_CMA_NAME_SIZE)
#define OWNER    WIRE_STRING(MODULE_CMA_OWNER_SIZE)
/* A process may have made its name empty. */
#define COMMAND                                                                                             \
        {                                                                                                   \
                .minlen = 1, .maxlen = MODULE_CMA_COMMAND_SIZE                                              \
        }

#define POLICY(last) (const struct nla_policy[(last) + 1])
#define NAMES(last)  (const char *const[(last) + 1])

static const struct wire_format area_message = {
        .what = "CMA area",
        .policy = POLICY(MEMCTL_A_MAX){ [MEMCTL_A_CMA_AREA] = WIRE_NEST },
        .names = NAMES(MEMCTL_A_MAX){ [MEMCTL_A_CMA_AREA] = "area" },
        .max = MEMCTL_A_MAX,
};

static const struct wire_format area_format = {
        .what = "CMA area",
        .policy =
                POLICY(MEMCTL_CMA_A_MAX){
                        [MEMCTL_CMA_A_NAME] = CMA_NAME,
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
                NAMES(MEMCTL_CMA_A_MAX){
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
        .policy = POLICY(
                MEMCTL_CMA_R_MAX){ [MEMCTL_CMA_R_START_PFN] = WIRE_U64, [MEMCTL_CMA_R_END_PFN] = WIRE_U64 },
        .names = NAMES(
                MEMCTL_CMA_R_MAX){ [MEMCTL_CMA_R_START_PFN] = "first pfn", [MEMCTL_CMA_R_END_PFN] = "end" },
        .max = MEMCTL_CMA_R_MAX,
};

static const struct wire_format holder_message = {
        .what = "CMA allocation",
        .policy = POLICY(MEMCTL_A_MAX){ [MEMCTL_A_CMA_HOLDER] = WIRE_NEST },
        .names = NAMES(MEMCTL_A_MAX){ [MEMCTL_A_CMA_HOLDER] = "allocation" },
        .max = MEMCTL_A_MAX,
};

static const struct wire_format holder_format = {
        .what = "CMA allocation",
        .policy = POLICY(MEMCTL_H_MAX){ [MEMCTL_H_START_PFN] = WIRE_U64,
                                        [MEMCTL_H_PAGES] = WIRE_U64,
                                        [MEMCTL_H_ALIGN] = WIRE_U64,
                                        [MEMCTL_H_PID] = WIRE_U32,
                                        [MEMCTL_H_COMM] = COMMAND,
                                        [MEMCTL_H_OWNER] = OWNER,
                                        [MEMCTL_H_AGE] = WIRE_U64 },
        .names = NAMES(MEMCTL_H_MAX){ [MEMCTL_H_START_PFN] = "first pfn",
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

static const struct wire_format failure_message = {
        .what = "failure of CMA",
        .policy = POLICY(MEMCTL_A_MAX){ [MEMCTL_A_CMA_FAILURE] = WIRE_NEST },
        .names = NAMES(MEMCTL_A_MAX){ [MEMCTL_A_CMA_FAILURE] = "failure" },
        .max = MEMCTL_A_MAX,
};

static const struct wire_format failure_format = {
        .what = "failure of CMA",
        .policy = POLICY(MEMCTL_CF_MAX){ [MEMCTL_CF_SERIAL] = WIRE_U64,
                                         [MEMCTL_CF_NAME] = CMA_NAME,
                                         [MEMCTL_CF_PAGES] = WIRE_U64,
                                         [MEMCTL_CF_ALIGN] = WIRE_U64,
                                         [MEMCTL_CF_ERRNO] = WIRE_U32,
                                         [MEMCTL_CF_CAUSE] = WIRE_U32,
                                         [MEMCTL_CF_FREE] = WIRE_U64,
                                         [MEMCTL_CF_LARGEST_FREE] = WIRE_U64,
                                         [MEMCTL_CF_RETRIED] = WIRE_U64,
                                         [MEMCTL_CF_PFN] = WIRE_U64,
                                         [MEMCTL_CF_CLASS] = WIRE_U32,
                                         [MEMCTL_CF_PAGE_OWNER] = OWNER,
                                         [MEMCTL_CF_OTHER_AREA] = CMA_NAME,
                                         [MEMCTL_CF_PID] = WIRE_U32,
                                         [MEMCTL_CF_COMM] = COMMAND,
                                         [MEMCTL_CF_OWNER] = OWNER,
                                         [MEMCTL_CF_AGE] = WIRE_U64 },
        .names = NAMES(MEMCTL_CF_MAX){ [MEMCTL_CF_SERIAL] = "number",
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

static const struct wire_format map_message = {
        .what = "map of a CMA area",
        .policy = POLICY(MEMCTL_A_MAX){ [MEMCTL_A_START_PFN] = WIRE_U64,
                                        [MEMCTL_A_END_PFN] = WIRE_U64,
                                        [MEMCTL_A_CMA_MAP] = { .minlen = sizeof(uint64_t),
                                                               .maxlen = MEMCTL_CMA_MAP_MAX / 8 } },
        .names = NAMES(MEMCTL_A_MAX){ [MEMCTL_A_START_PFN] = "first pfn",
                                      [MEMCTL_A_END_PFN] = "end",
                                      [MEMCTL_A_CMA_MAP] = "bits" },
        .max = MEMCTL_A_MAX,
};

static uint64_t figure_or(struct nlattr *const *attributes, int type, uint64_t otherwise)
{
        return attributes[type] ? nla_get_u64(attributes[type]) : otherwise;
}

static uint32_t number_or_0(struct nlattr *const *attributes, int type)
{
        return attributes[type] ? nla_get_u32(attributes[type]) : 0;
}

/* "" where it is missing. */
static int copy(char *buf, size_t size, struct nlattr *const *attributes, int type,
                const struct wire_format *format, char **message)
{
        buf[0] = '\0';
        return attributes[type] ? wire_copy_string(buf, size, attributes[type], format->names[type], message)
                                : 0;
}

#define COPY(array, type, format) copy(array, sizeof(array), attributes, type, format, message)

/*
 * Names of processes are what these like, up to any bytes, and a name of nothing is an empty one: what is
 * not printable is replaced, not refused.
 */
static void copy_command(char buf[static MODULE_CMA_COMMAND_SIZE], const struct nlattr *attribute)
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

static int read_message(const struct wire_format *outer, const struct wire_format *inner, int type,
                        struct nlmsghdr *header, struct nlattr **nest, struct nlattr **attributes,
                        char **message)
{
        struct nlattr *all[MEMCTL_A_MAX + 1];
        int r;

        r = wire_read_message(outer, header, all, message);
        if (r < 0)
                return r;
        *nest = all[type];
        return wire_read_nest(inner, all[type], attributes, message);
}

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

        r = read_message(&area_message, &area_format, MEMCTL_A_CMA_AREA, header, &nest, attributes, message);
        if (r >= 0)
                r = COPY(area.name, MEMCTL_CMA_A_NAME, &area_format);
        if (r >= 0)
                r = COPY(area.zone, MEMCTL_CMA_A_ZONE, &area_format);
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
        area.retried = figure_or(attributes, MEMCTL_CMA_A_RETRIED, MODULE_CMA_NOT_TOLD);
        area.migrated = figure_or(attributes, MEMCTL_CMA_A_MIGRATED, MODULE_CMA_NOT_TOLD);
        area.peak = figure_or(attributes, MEMCTL_CMA_A_PEAK, MODULE_CMA_NOT_TOLD);
        area.needed = figure_or(attributes, MEMCTL_CMA_A_NEEDED, MODULE_CMA_NOT_TOLD);
        area.align_max = figure_or(attributes, MEMCTL_CMA_A_ALIGN_MAX, MODULE_CMA_NOT_TOLD);
        area.lost = figure_or(attributes, MEMCTL_CMA_A_LOST, MODULE_CMA_NOT_TOLD);
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

int module_cma_parse_holder(struct nlmsghdr *header, struct module_cma_holder *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_H_MAX + 1], *nest;
        struct module_cma_holder holder = { 0 };
        int r;

        r = read_message(&holder_message, &holder_format, MEMCTL_A_CMA_HOLDER, header, &nest, attributes,
                         message);
        if (r >= 0)
                r = COPY(holder.owner, MEMCTL_H_OWNER, &holder_format);
        if (r < 0)
                return r;
        copy_command(holder.command, attributes[MEMCTL_H_COMM]);
        holder.start = nla_get_u64(attributes[MEMCTL_H_START_PFN]);
        holder.pages = nla_get_u64(attributes[MEMCTL_H_PAGES]);
        holder.align = figure_or(attributes, MEMCTL_H_ALIGN, 0);
        holder.pid = number_or_0(attributes, MEMCTL_H_PID);
        holder.before = !attributes[MEMCTL_H_AGE];
        holder.age_nsecs = figure_or(attributes, MEMCTL_H_AGE, 0);
        if (holder.pages == 0 || holder.start > UINT64_MAX - holder.pages)
                return fail(message, -EBADMSG, "memctl.ko: a CMA allocation of no pages at pfn 0x%" PRIx64,
                            holder.start);
        *ret = holder;
        return 0;
}

int module_cma_parse_failure(struct nlmsghdr *header, struct module_cma_failure *ret, char **message)
{
        struct nlattr *attributes[MEMCTL_CF_MAX + 1], *nest;
        struct module_cma_failure failure = { 0 };
        uint32_t number;
        int r;

        r = read_message(&failure_message, &failure_format, MEMCTL_A_CMA_FAILURE, header, &nest, attributes,
                         message);
        if (r >= 0)
                r = COPY(failure.name, MEMCTL_CF_NAME, &failure_format);
        if (r >= 0)
                r = COPY(failure.page_owner, MEMCTL_CF_PAGE_OWNER, &failure_format);
        if (r >= 0)
                r = COPY(failure.other_area, MEMCTL_CF_OTHER_AREA, &failure_format);
        if (r >= 0)
                r = COPY(failure.owner, MEMCTL_CF_OWNER, &failure_format);
        if (r < 0)
                return r;
        copy_command(failure.command, attributes[MEMCTL_CF_COMM]);
        failure.serial = nla_get_u64(attributes[MEMCTL_CF_SERIAL]);
        failure.pages = nla_get_u64(attributes[MEMCTL_CF_PAGES]);
        failure.align = nla_get_u64(attributes[MEMCTL_CF_ALIGN]);
        failure.free = nla_get_u64(attributes[MEMCTL_CF_FREE]);
        failure.largest_free = nla_get_u64(attributes[MEMCTL_CF_LARGEST_FREE]);
        failure.retried = figure_or(attributes, MEMCTL_CF_RETRIED, 0);
        failure.age_nsecs = nla_get_u64(attributes[MEMCTL_CF_AGE]);
        failure.pid = number_or_0(attributes, MEMCTL_CF_PID);
        number = nla_get_u32(attributes[MEMCTL_CF_CAUSE]);
        failure.cause = number <= MEMCTL_CMA_CAUSE_MAX ? number : MEMCTL_CMA_UNKNOWN;
        number = number_or_0(attributes, MEMCTL_CF_CLASS);
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

/* The range of the area in which [start, end) lies; n_ranges: in none. */
static size_t find_range(const struct module_cma_area *area, uint64_t start, uint64_t end)
{
        size_t i = 0;

        while (i < area->n_ranges && !(start >= area->ranges[i].start && end <= area->ranges[i].end))
                i++;
        return i;
}

int module_cma_parse_map(struct nlmsghdr *header, const struct module_cma_area *area,
                         struct module_cma_map *map, uint64_t *at, char **message)
{
        struct nlattr *attributes[MEMCTL_A_MAX + 1];
        uint64_t start, end, piece = UINT64_C(1) << area->order_per_bit, first, n_bits;
        const char *data;
        size_t range;
        int r;

        r = wire_read_message(&map_message, header, attributes, message);
        if (r < 0)
                return r;
        start = nla_get_u64(attributes[MEMCTL_A_START_PFN]);
        end = nla_get_u64(attributes[MEMCTL_A_END_PFN]);
        range = find_range(area, start, end);
        if (start >= end || start < *at || range == area->n_ranges)
                return fail(message, -EBADMSG,
                            "memctl.ko: map of CMA area %s: pfns 0x%" PRIx64 " to 0x%" PRIx64
                            " are not in it, or told already",
                            area->name, start, end);
        first = (start - area->ranges[range].start) / piece;
        n_bits = (end - start + piece - 1) / piece;
        if ((start - area->ranges[range].start) % piece != 0 ||
            (uint64_t) nla_len(attributes[MEMCTL_A_CMA_MAP]) * 8 < n_bits)
                return fail(message, -EBADMSG,
                            "memctl.ko: map of CMA area %s: other bits than it has pieces", area->name);
        data = nla_data(attributes[MEMCTL_A_CMA_MAP]);
        for (uint64_t i = 0; i < n_bits; i++) {
                uint64_t word;

                memcpy(&word, data + i / 64 * sizeof(word), sizeof(word));
                if (word >> i % 64 & 1)
                        map->words[range][(first + i) / 64] |= UINT64_C(1) << (first + i) % 64;
        }
        *at = end;
        return 0;
}
