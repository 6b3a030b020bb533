/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/cma_parse.h"

#include "basic/message.h"
#include "daemon/module/cma_wire.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const struct wire_format map_message = {
        .what = "map of a CMA area",
        .policy = WIRE_POLICY(MEMCTL_A_MAX){ [MEMCTL_A_START_PFN] = WIRE_U64,
                                             [MEMCTL_A_END_PFN] = WIRE_U64,
                                             [MEMCTL_A_CMA_MAP] = { .minlen = sizeof(uint64_t),
                                                                    .maxlen = MEMCTL_CMA_MAP_MAX / 8 } },
        .names = WIRE_NAMES(MEMCTL_A_MAX){ [MEMCTL_A_START_PFN] = "first pfn",
                                           [MEMCTL_A_END_PFN] = "end",
                                           [MEMCTL_A_CMA_MAP] = "bits" },
        .max = MEMCTL_A_MAX,
};

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
