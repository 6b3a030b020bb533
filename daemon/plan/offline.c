/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/offline.h"

#include "daemon/plan/border.h"
#include "daemon/plan/estimate.h"
#include "daemon/plan/first.h"
#include "daemon/plan/fit.h"
#include "daemon/plan/obstacle.h"
#include "daemon/plan/take.h"
#include "daemon/plan/target.h"
#include "basic/saturated.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static int refuse(struct offline_plan *plan, const struct reason *reason)
{
        plan->refused = true;
        return reason_list_add(&plan->reasons, reason);
}

/* One reason a block and owner, for blocks that are to go: they stand in the same order as the keepers. */
static int judge_keepers(const struct offline_request *request, struct offline_plan *plan)
{
        size_t step = 0;
        int r = 0;

        for (size_t i = 0; r >= 0 && !request->options.force && i < request->n_keepers; i++) {
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

static int compare_steps(const void *a, const void *b)
{
        const struct offline_step *x = a, *y = b;

        if ((x->pages_bad > 0) != (y->pages_bad > 0))
                return x->pages_bad > 0 ? 1 : -1;
        if (x->pages_in_use != y->pages_in_use)
                return x->pages_in_use < y->pages_in_use ? -1 : 1;
        return x->block < y->block ? 1 : x->block > y->block ? -1 : 0;
}

/* The kernel brings no block online that has such a page. */
static int note_bad_pages(struct offline_plan *plan)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < plan->n_steps; i++)
                if (plan->steps[i].pages_bad > 0)
                        r = plan_note(plan,
                                      "block %u has %" PRIu64
                                      " bad (hwpoison) page%s: once offline it cannot come back "
                                      "online before the next boot, so it goes last",
                                      plan->steps[i].block, plan->steps[i].pages_bad,
                                      plan->steps[i].pages_bad == 1 ? "" : "s");
        return r;
}

/* CMA areas are made at boot, so what was plugged in later has none. */
static int note_cma(const struct snapshot *snapshot, const struct offline_request *request,
                    struct offline_plan *plan)
{
        for (size_t i = 0; request->untold_cma_bytes > 0 && i < plan->n_steps; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, plan->steps[i].block);

                if (block && block->dimm == DIMM_NONE && block->driver == DRIVER_NONE)
                        return plan_note(
                                plan,
                                "%" PRIu64
                                " MiB of CMA areas may lie in these blocks, and a block of one never "
                                "goes offline: only memctl.ko can tell",
                                request->untold_cma_bytes >> 20);
        }
        return 0;
}

static int collect_steps(const struct snapshot *snapshot, const struct offline_request *request,
                         struct offline_plan *plan)
{
        for (size_t i = 0; i < request->n_blocks; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, request->blocks[i]);
                const struct block_usage *usage = &request->usage[i];
                int r;

                if (!block)
                        return -EINVAL;
                if (block->state == BLOCK_OFFLINE)
                        continue;
                r = obstacle_judge(snapshot, block, request->options.force, &plan->reasons);
                if (r < 0)
                        return r;
                plan->refused = plan->refused || r > 0;
                if (block->state != BLOCK_ONLINE)
                        continue;

                if (!usage->known)
                        plan->usage_known = false;
                plan->steps[plan->n_steps++] = (struct offline_step){
                        .block = block->number,
                        .zone = zone_list_get(block->zones, 0),
                        .pages_in_use = usage->known ? usage->pages_in_use : 0,
                        .pages_bad = usage->known ? usage->pages_bad : 0,
                };
                if (usage->known)
                        plan->pages_in_use = add_saturated(plan->pages_in_use, usage->pages_in_use);
        }
        return 0;
}

int offline_plan_make(const struct snapshot *snapshot, const struct offline_request *request,
                      struct offline_plan *ret)
{
        _cleanup_(offline_plan_clear) struct offline_plan plan = {
                .usage_known = true,
                .to_node = request->options.to_node,
        };
        int r;

        plan.steps = calloc(request->n_blocks ? request->n_blocks : 1, sizeof(*plan.steps));
        if (!plan.steps)
                return -ENOMEM;

        r = collect_steps(snapshot, request, &plan);
        if (r >= 0)
                r = judge_keepers(request, &plan);
        if (r >= 0)
                r = take_decide(snapshot, request, &plan);
        if (r >= 0)
                r = target_judge(snapshot, request, &plan);
        if (r >= 0)
                r = fit_judge(snapshot, request, &plan);
        if (r >= 0)
                r = note_bad_pages(&plan);
        if (r >= 0)
                r = note_cma(snapshot, request, &plan);
        if (r >= 0)
                r = border_note(snapshot, request, &plan);
        if (r < 0)
                return r;
        plan.estimated_usec = estimate_usec(request, &plan);
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
        first_decide(request, &plan);

        *ret = plan;
        plan = (struct offline_plan){ 0 };
        return 0;
}
