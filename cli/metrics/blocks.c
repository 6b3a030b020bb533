/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory blocks by state, zone and node.
 */
#include "cli/metrics/sources.h"

#include "cli/daemon/client.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Instead of an index of zone_lists. */
#define ZONES_NONE    UINT16_MAX       /* it is not online: they are those that it may go to */
#define ZONES_SEVERAL (UINT16_MAX - 1) /* it is in no single one */

static uint16_t zones_of(const struct wire_blocks *blocks, const char *state, uint16_t zones)
{
        if (strcmp(state, "online") != 0)
                return ZONES_NONE;
        return json_object_array_length(json_object_array_get_idx(blocks->zone_lists, zones)) == 1
                       ? zones
                       : ZONES_SEVERAL;
}

static const char *zone_text(const struct wire_blocks *blocks, uint16_t zones)
{
        if (zones >= ZONES_SEVERAL)
                return zones == ZONES_NONE ? "none" : "several";
        return json_object_get_string(
                json_object_array_get_idx(json_object_array_get_idx(blocks->zone_lists, zones), 0));
}

/* Blocks of one state, zones and node. */
struct group {
        uint64_t blocks;
        uint16_t zones;
        uint8_t state;
        int32_t node;
};

static int compare_groups(const void *a, const void *b)
{
        const struct group *x = a, *y = b;

        if (x->state != y->state)
                return x->state < y->state ? -1 : 1;
        if (x->zones != y->zones)
                return x->zones < y->zones ? -1 : 1;
        return x->node < y->node ? -1 : x->node > y->node;
}

/* Puts together those that are alike; how many are left. */
static size_t join_groups(struct group *groups, size_t n)
{
        size_t kept = 0;

        if (n > 0)
                qsort(groups, n, sizeof(*groups), compare_groups);
        for (size_t i = 0; i < n; i++)
                if (kept > 0 && compare_groups(&groups[kept - 1], &groups[i]) == 0)
                        groups[kept - 1].blocks += groups[i].blocks;
                else
                        groups[kept++] = groups[i];
        return kept;
}

static struct group *make_groups(const struct wire_blocks *blocks, size_t *ret_n)
{
        const uint16_t *zones = blocks->zones.data;
        const uint8_t *state = blocks->state.data;
        const int32_t *node = blocks->node.data;
        struct group *groups = calloc(blocks->number.n + 1, sizeof(*groups));

        if (!groups)
                return NULL;
        for (size_t i = 0; i < blocks->number.n; i++) {
                const char *text =
                        json_object_get_string(json_object_array_get_idx(blocks->states, state[i]));

                groups[i] = (struct group){ .blocks = 1,
                                            .zones = zones_of(blocks, text, zones[i]),
                                            .state = state[i],
                                            .node = node[i] };
        }
        *ret_n = join_groups(groups, blocks->number.n);
        return groups;
}

int metrics_blocks(struct metrics *metrics)
{
        struct wire_blocks *blocks = &metrics->blocks;
        _cleanup_free_ struct group *groups = NULL;
        json_object *family;
        size_t n;
        int status = wire_blocks_get(metrics->context, blocks);

        if (status == EXIT_DONE)
                status = wire_blocks_need(blocks->block_size);
        if (status != EXIT_DONE) {
                wire_blocks_clear(blocks);
                *blocks = (struct wire_blocks){ 0 };
                return status;
        }
        groups = make_groups(blocks, &n);
        if (!groups)
                return client_failed(metrics->context, NULL, -ENOMEM);
        family_sample(family_add(metrics->families, "memctl_block_size_bytes", FAMILY_GAUGE,
                                 "Size of a memory block."),
                      json_object_new_uint64(blocks->block_size), NO_LABELS);
        family = family_add(metrics->families, "memctl_blocks", FAMILY_GAUGE,
                            "Memory blocks; zone: of those online, several: in no single one.");
        for (size_t i = 0; i < n; i++) {
                const char *state =
                        json_object_get_string(json_object_array_get_idx(blocks->states, groups[i].state));
                char node[16] = "unknown";

                if (groups[i].node >= 0)
                        (void) snprintf(node, sizeof(node), "%" PRId32, groups[i].node);
                family_sample(family, json_object_new_uint64(groups[i].blocks),
                              LABELS({ "node", node }, { "state", state },
                                     { "zone", zone_text(blocks, groups[i].zones) }));
        }
        return EXIT_DONE;
}
