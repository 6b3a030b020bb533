/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/offline.h"

#include <errno.h>
#include <stdlib.h>

void offline_plan_clear(struct offline_plan *plan)
{
        free(plan->steps);
        reason_list_clear(&plan->reasons);
        *plan = (struct offline_plan){ 0 };
}

static int refuse(struct offline_plan *plan, const struct reason *reason)
{
        plan->refused = true;
        return reason_list_add(&plan->reasons, reason);
}

static int refuse_block(struct offline_plan *plan, const struct memory_block *block, enum reason_code code,
                        const char *text)
{
        plan->refused = true;
        return reason_list_add_block(&plan->reasons, code, block->number, text);
}

/*
 * What the snapshot says against one block that is not offline. An empty zone list is refused too: the
 * kernel writes "none" for a block that spans zones, and such a block cannot be offlined (and could not be
 * put back). A tree without valid_zones has empty lists for all blocks and is refused as a whole: the two
 * cannot be told apart here, and not to touch is the safe side.
 */
static int judge_block(const struct memory_block *block, struct offline_plan *plan)
{
        int r;

        if (block->state != BLOCK_ONLINE)
                return refuse_block(plan, block, REASON_BAD_STATE,
                                    block_state_name((enum block_state) block->state));
        if (!block->removable) {
                r = refuse_block(plan, block, REASON_NOT_REMOVABLE, NULL);
                if (r < 0)
                        return r;
        }
        if (zone_list_get(block->zones, 0) == ZONE_NONE || zone_list_get(block->zones, 1) != ZONE_NONE)
                return refuse_block(plan, block, REASON_MIXED_ZONES, NULL);
        return 0;
}

/* One reason a block and owner, for blocks that are to go: they stand in the same order as the keepers. */
static int judge_keepers(const struct offline_request *request, struct offline_plan *plan)
{
        size_t step = 0;
        int r = 0;

        for (size_t i = 0; r >= 0 && !request->force && i < request->n_keepers; i++) {
                const struct offline_keeper *keeper = &request->keepers[i];
                struct reason reason = {
                        .code = REASON_UNMOVABLE,
                        .block = keeper->block,
                        .pages = keeper->pages,
                        .searched = keeper->searched,
                        .text = (char *) keeper->owner,
                };

                while (step < plan->n_steps && plan->steps[step].block < keeper->block)
                        step++;
                if (step == plan->n_steps || plan->steps[step].block != keeper->block || keeper->pages == 0)
                        continue;
                while (reason.n_processes < keeper->n_processes &&
                       reason.n_processes < REASON_PROCESSES_MAX) {
                        reason.processes[reason.n_processes] = keeper->processes[reason.n_processes];
                        reason.n_processes++;
                }
                plan->refused = true;
                r = reason_list_add_about_block(&plan->reasons, &reason);
        }
        return r;
}

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
        uint64_t sum;

        return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t multiply_saturated(uint64_t a, uint64_t b)
{
        uint64_t product;

        return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static int judge_room(const struct offline_request *request, uint64_t pages_free, struct offline_plan *plan)
{
        uint64_t leaving = multiply_saturated(pages_free, request->page_size);
        struct reason reason = { .code = REASON_NOT_ENOUGH_MEMORY, .block = REASON_NO_BLOCK };

        plan->needed_bytes = multiply_saturated(plan->pages_in_use, request->page_size);
        plan->room_known = request->room.known;
        if (!request->room.known)
                return 0;

        /* What is free in these blocks is counted as available too, and leaves with them. */
        if (request->room.available_bytes > leaving)
                plan->available_bytes = request->room.available_bytes - leaving;
        if (!plan->usage_known)
                return 0;
        /* a saturated sum stands for more than any machine has */
        if (plan->needed_bytes <= plan->available_bytes && plan->needed_bytes < UINT64_MAX)
                return 0;

        reason.needed_bytes = plan->needed_bytes;
        reason.available_bytes = plan->available_bytes;
        return refuse(plan, &reason);
}

static int compare_steps(const void *a, const void *b)
{
        const struct offline_step *x = a, *y = b;

        if (x->pages_in_use != y->pages_in_use)
                return x->pages_in_use < y->pages_in_use ? -1 : 1;
        return x->block < y->block ? 1 : x->block > y->block ? -1 : 0;
}

static int collect_steps(const struct snapshot *snapshot, const struct offline_request *request,
                         struct offline_plan *plan, uint64_t *ret_pages_free)
{
        uint64_t pages_free = 0;

        for (size_t i = 0; i < request->n_blocks; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, request->blocks[i]);
                const struct block_usage *usage = &request->usage[i];
                int r;

                if (!block)
                        return -EINVAL;
                if (block->state == BLOCK_OFFLINE)
                        continue;
                r = judge_block(block, plan);
                if (r < 0)
                        return r;
                if (block->state != BLOCK_ONLINE)
                        continue;

                if (!usage->known)
                        plan->usage_known = false;
                plan->steps[plan->n_steps++] = (struct offline_step){
                        .block = block->number,
                        .zone = zone_list_get(block->zones, 0),
                        .pages_in_use = usage->known ? usage->pages_in_use : 0,
                };
                if (usage->known) {
                        plan->pages_in_use = add_saturated(plan->pages_in_use, usage->pages_in_use);
                        pages_free = add_saturated(pages_free, usage->pages_free);
                }
        }

        *ret_pages_free = pages_free;
        return 0;
}

int offline_plan_make(const struct snapshot *snapshot, const struct offline_request *request,
                      struct offline_plan *ret)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = { .usage_known = true };
        uint64_t pages_free;
        int r;

        plan.steps = calloc(request->n_blocks ? request->n_blocks : 1, sizeof(*plan.steps));
        if (!plan.steps)
                return -ENOMEM;

        r = collect_steps(snapshot, request, &plan, &pages_free);
        if (r < 0)
                return r;
        r = judge_keepers(request, &plan);
        if (r < 0)
                return r;
        r = judge_room(request, pages_free, &plan);
        if (r < 0)
                return r;
        if (request->eject && !request->eject->ejectable) {
                struct reason reason = {
                        .code = REASON_NOT_EJECTABLE,
                        .block = REASON_NO_BLOCK,
                        .text = request->eject->name,
                };

                r = refuse(&plan, &reason);
                if (r < 0)
                        return r;
        }

        if (plan.refused)
                plan.n_steps = 0;
        else
                qsort(plan.steps, plan.n_steps, sizeof(*plan.steps), compare_steps);

        *ret = plan;
        plan = (struct offline_plan){ 0 };
        return 0;
}
