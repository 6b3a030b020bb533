/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/trail.h"

#include "daemon/plan/fragmentation.h"

static void keep(struct trail *trail, const struct trail_sample *sample)
{
        if (trail->n == TRAIL_MAX) {
                trail->samples[trail->first] = *sample;
                trail->first = (trail->first + 1) % TRAIL_MAX;
        } else
                trail->samples[(trail->first + trail->n++) % TRAIL_MAX] = *sample;
}

void trail_add(struct trail *trail, const struct compaction_look *look, uint64_t now_usec)
{
        /* where the clock was set back, the difference is huge */
        if (trail->n > 0 && now_usec - trail->last_usec < TRAIL_STEP_USEC)
                return;
        trail->last_usec = now_usec;
        for (size_t i = 0; i < look->n_nodes; i++) {
                const struct compaction_look_node *node = &look->nodes[i];

                keep(trail, &(struct trail_sample){
                                    .usec = now_usec,
                                    .node = node->node,
                                    .order = look->huge_order,
                                    .free_pages = fragmentation_pages(node->free, look->n_orders),
                                    .small_pages = fragmentation_small_pages(node->free, look->n_orders,
                                                                             look->huge_order),
                            });
        }
}

const struct trail_sample *trail_get(const struct trail *trail, size_t i)
{
        return &trail->samples[(trail->first + i) % TRAIL_MAX];
}
