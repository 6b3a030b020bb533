/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/online.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *online_zone_command(enum online_zone zone)
{
        return zone == ONLINE_KERNEL ? "online_kernel" : "online_movable";
}

enum online_zone online_zone_for(enum zone zone)
{
        return zone == ZONE_MOVABLE ? ONLINE_MOVABLE : ONLINE_KERNEL;
}

void online_plan_clear(struct online_plan *plan)
{
        free(plan->blocks);
        reason_list_clear(&plan->reasons);
        *plan = (struct online_plan){ 0 };
}

static bool zone_is_offered(zone_list_t zones, enum online_zone zone)
{
        enum zone offered;

        if (zones == 0)
                return true; /* an old kernel does not say; the write will */
        for (unsigned int i = 0; (offered = zone_list_get(zones, i)) != ZONE_NONE; i++)
                if (online_zone_for(offered) == zone)
                        return true;
        return false;
}

static int refuse_block(struct online_plan *plan, const struct memory_block *block, enum reason_code code,
                        const char *text)
{
        plan->refused = true;
        return reason_list_add_block(&plan->reasons, code, block->number, text);
}

static int judge_block(const struct memory_block *block, enum online_zone zone, struct online_plan *plan)
{
        if (block->state == BLOCK_ONLINE)
                return 0;
        if (block->state != BLOCK_OFFLINE)
                return refuse_block(plan, block, REASON_BAD_STATE,
                                    block_state_name((enum block_state) block->state));
        if (!zone_is_offered(block->zones, zone))
                return refuse_block(plan, block, REASON_ZONE_NOT_POSSIBLE, online_zone_name(zone));
        plan->blocks[plan->n_blocks++] = block->number;
        return 0;
}

int online_plan_make(const struct snapshot *snapshot, const uint32_t *blocks, size_t n_blocks,
                     enum online_zone zone, struct online_plan *ret)
{
        _cleanup_(online_plan_clear) struct online_plan plan = { 0 };

        plan.blocks = calloc(n_blocks ? n_blocks : 1, sizeof(*plan.blocks));
        if (!plan.blocks)
                return -ENOMEM;

        for (size_t i = 0; i < n_blocks; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, blocks[i]);
                int r;

                if (!block)
                        return -EINVAL;
                r = judge_block(block, zone, &plan);
                if (r < 0)
                        return r;
        }
        if (plan.refused)
                plan.n_blocks = 0;

        *ret = plan;
        plan = (struct online_plan){ 0 };
        return 0;
}
