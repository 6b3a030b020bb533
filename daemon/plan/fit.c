/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/fit.h"

#include "daemon/plan/huge.h"
#include "basic/saturated.h"

/* Some of the pages that leave, and the room that there is for them: both in bytes. */
struct need {
        uint64_t needed, available;
};

/* What leaves with the blocks in one zone. */
struct leaving {
        uint64_t free, cache; /* pages */
};

struct fit {
        const struct snapshot *snapshot;
        const struct offline_request *request;
        const struct offline_plan *plan;
        uint64_t leaving; /* pages of all zones that are available now, and go */
        bool other_nodes; /* the machine has more than one with memory */
        int only_node;    /* that all steps are on; NODE_NONE: several, or that is not known */
};

static bool is_kernel_zone(enum zone zone)
{
        return zone != ZONE_NONE && zone != ZONE_MOVABLE && zone != ZONE_DEVICE;
}

static int find_only_node(const struct snapshot *snapshot, const struct offline_plan *plan)
{
        int node = NODE_NONE;

        for (size_t i = 0; i < plan->n_steps; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, plan->steps[i].block);

                if (!block || (i > 0 && block->node != node))
                        return NODE_NONE;
                node = block->node;
        }
        return node;
}

/* Kernels without NUMA list zones of node 0, and no block has a node. */
static bool is_on(const struct fit *fit, const struct memory_block *block, int node)
{
        return block->node == node || (block->node == NODE_NONE && !fit->other_nodes);
}

/* The clean page cache of a block; *at is where to go on in the request's list of it. */
static uint64_t cache_of(const struct fit *fit, uint32_t block, size_t *at)
{
        const struct cold *cold = fit->request->cold;
        uint64_t each = fit->snapshot->block_size / fit->request->page_size, start = block * each, pages = 0;

        for (; cold && *at < cold->n_blocks && cold->blocks[*at].pfn < start + each; (*at)++)
                if (cold->blocks[*at].pfn >= start)
                        pages += cold->blocks[*at].cold + (uint64_t) cold->blocks[*at].hot +
                                 cold->blocks[*at].mapped;
        return pages;
}

/* Blocks and steps stand in the same order: both ascend until the plan is done. */
static struct leaving leaving_of(const struct fit *fit, const struct headroom_zone *zone)
{
        const struct offline_request *request = fit->request;
        struct leaving leaving = { 0 };
        size_t step = 0, cold = 0;
        uint64_t uncounted = 0;

        /* with thousands of blocks, and many nodes, it matters not to look at them for each */
        if (fit->only_node != NODE_NONE && fit->only_node != zone->node)
                return leaving;
        for (size_t i = 0; i < request->n_blocks && step < fit->plan->n_steps; i++) {
                const struct memory_block *block;
                uint64_t cache;

                if (fit->plan->steps[step].block != request->blocks[i])
                        continue;
                cache = cache_of(fit, request->blocks[i], &cold);
                block = snapshot_find_block(fit->snapshot, request->blocks[i]);
                if (block && is_on(fit, block, zone->node) && fit->plan->steps[step].zone == zone->zone) {
                        if (request->usage[i].known)
                                leaving.free = add_saturated(leaving.free, request->usage[i].pages_free);
                        else
                                uncounted += fit->snapshot->block_size / request->page_size;
                        leaving.cache = add_saturated(leaving.cache, cache);
                }
                step++;
        }
        /* what nobody has counted may be free, as much of it as is free at all: then it is no room for
         * others */
        if (uncounted > subtract_to_zero(zone->free, leaving.free))
                uncounted = subtract_to_zero(zone->free, leaving.free);
        leaving.free += uncounted;
        return leaving;
}

/* Pages that a zone takes in. */
static uint64_t room_in(const struct fit *fit, const struct headroom_zone *zone, bool for_kernel_zones)
{
        const struct leaving leaving = leaving_of(fit, zone);
        uint64_t kept =
                add_saturated(zone->high, for_kernel_zones ? zone->protection_kernel : zone->protection);
        uint64_t room = subtract_to_zero(zone->free, leaving.free);

        if (fit->request->options.to_node == NODE_NONE)
                room = add_saturated(room,
                                     subtract_to_zero(zone->file_cache,
                                                      add_saturated(leaving.cache, zone->write_pending)));
        return subtract_to_zero(room, kept);
}

/* In all zones but those of one node (NODE_NONE: in all), for pages that may not be in zone Movable, or that
 * may. */
static uint64_t room_for(const struct fit *fit, int but, bool for_kernel_zones)
{
        const struct offline_request *request = fit->request;
        const struct headroom *room = request->room;
        uint64_t available = 0;

        for (size_t i = 0; i < room->n_zones; i++) {
                const struct headroom_zone *zone = &room->zones[i];

                if ((but != NODE_NONE && zone->node == but) ||
                    (for_kernel_zones && !is_kernel_zone(zone->zone)) ||
                    (request->options.to_node != NODE_NONE && zone->node != request->options.to_node))
                        continue;
                available = add_saturated(available, room_in(fit, zone, for_kernel_zones));
        }
        /* The kernel knows more of what cannot be dropped than the zones tell. */
        if (room->available != UINT64_MAX && available > subtract_to_zero(room->available, fit->leaving))
                available = subtract_to_zero(room->available, fit->leaving);
        if (request->options.swap)
                available = add_saturated(available, room->swap_free);
        return multiply_saturated(available, request->page_size);
}

/* What is in use in the steps' blocks on a node (NODE_NONE: any), in the kernel's zones only, or in any.
 * Bytes. */
static uint64_t used_on(const struct fit *fit, int node, bool in_kernel_zones)
{
        uint64_t pages = 0;

        for (size_t i = 0; i < fit->plan->n_steps; i++) {
                const struct offline_step *step = &fit->plan->steps[i];
                const struct memory_block *block =
                        node == NODE_NONE ? NULL : snapshot_find_block(fit->snapshot, step->block);

                if ((!block || is_on(fit, block, node)) && (!in_kernel_zones || is_kernel_zone(step->zone)))
                        pages = add_saturated(pages, step->pages_in_use);
        }
        return multiply_saturated(pages, fit->request->page_size);
}

/* Of what is in use, what needs no room, since it is given back or has its own. Bytes. */
static uint64_t without_room(const struct fit *fit)
{
        uint64_t apart = huge_pages_apart(fit->snapshot, fit->request, fit->plan);

        return add_saturated(multiply_saturated(apart, fit->request->page_size),
                             fit->plan->cache_known ? fit->plan->drop_bytes : 0);
}

static void keep_worse(struct need *worst, uint64_t needed, uint64_t available)
{
        if (subtract_to_zero(needed, available) > subtract_to_zero(worst->needed, worst->available))
                *worst = (struct need){ .needed = needed, .available = available };
}

/*
 * What certainly stays off its own node: what no fence takes. Of the page cache that is kept of several
 * nodes nobody has counted which node has how much.
 */
static uint64_t must_leave(const struct fit *fit, int node, uint64_t without)
{
        uint64_t used = subtract_to_zero(used_on(fit, node, false), without);

        if (!fit->other_nodes)
                return 0;
        if (!fit->plan->take_used)
                return used;
        return fit->plan->cache_known && fit->only_node == node && fit->plan->keep_bytes < used
                       ? fit->plan->keep_bytes
                       : 0;
}

/*
 * All of it has to fit into all the room; what may only be in some zones into these. Where that holds for
 * what each node must send away, and for what is in the kernel's zones, it holds together: two nodes have no
 * zone that is closed to both.
 */
static struct need judge(const struct fit *fit, struct need *worst)
{
        const struct headroom *room = fit->request->room;
        uint64_t without = without_room(fit), kernel = used_on(fit, NODE_NONE, true);
        int but = fit->other_nodes && !fit->plan->take_used ? fit->only_node : NODE_NONE;
        struct need need = {
                .needed = subtract_to_zero(used_on(fit, NODE_NONE, false), without),
                .available = room_for(fit, but, false),
        };

        *worst = need;
        if (kernel > 0)
                keep_worse(worst, subtract_to_zero(kernel, without), room_for(fit, but, true));
        for (size_t i = 0; i < room->n_zones; i++)
                if (i == 0 || room->zones[i].node != room->zones[i - 1].node)
                        keep_worse(worst, must_leave(fit, room->zones[i].node, without),
                                   room_for(fit, room->zones[i].node, false));
        return need;
}

static struct fit fit_of(const struct snapshot *snapshot, const struct offline_request *request,
                         const struct offline_plan *plan)
{
        struct fit fit = {
                .snapshot = snapshot,
                .request = request,
                .plan = plan,
                .only_node = find_only_node(snapshot, plan),
        };

        for (size_t i = 0; i < request->room->n_zones; i++)
                fit.other_nodes =
                        fit.other_nodes || request->room->zones[i].node != request->room->zones[0].node;
        for (size_t i = 0; i < request->room->n_zones; i++) {
                struct leaving leaving = leaving_of(&fit, &request->room->zones[i]);

                fit.leaving = add_saturated(fit.leaving, add_saturated(leaving.free, leaving.cache));
        }
        return fit;
}

uint64_t fit_shortage(const struct snapshot *snapshot, const struct offline_request *request,
                      const struct offline_plan *plan)
{
        struct fit fit = fit_of(snapshot, request, plan);
        struct need worst;

        if (!request->room->known || !plan->usage_known)
                return 0;
        (void) judge(&fit, &worst);
        return subtract_to_zero(worst.needed, worst.available);
}

static bool has_reason(const struct offline_plan *plan, enum reason_code code)
{
        for (size_t i = 0; i < plan->reasons.n_items; i++)
                if (plan->reasons.items[i].code == code)
                        return true;
        return false;
}

int fit_judge(const struct snapshot *snapshot, const struct offline_request *request,
              struct offline_plan *plan)
{
        struct reason reason = { .code = REASON_NOT_ENOUGH_MEMORY, .block = REASON_NO_BLOCK };
        struct fit fit = fit_of(snapshot, request, plan);
        struct need worst, need;
        int r;

        need = judge(&fit, &worst);
        plan->needed_bytes = need.needed;
        plan->available_bytes = request->room->known ? need.available : 0;
        plan->room_known = request->room->known;
        if (!plan->room_known || !plan->usage_known)
                return 0;
        r = huge_judge(snapshot, request, plan);
        /* a saturated sum stands for more than any machine has */
        if (r < 0 || (worst.needed <= worst.available && need.needed < UINT64_MAX))
                return r;
        /* where no page may go to the node anyway, how much room it has is no news */
        if (has_reason(plan, REASON_NODE_NOT_POSSIBLE))
                return 0;
        reason.needed_bytes = worst.needed;
        reason.available_bytes = worst.available;
        plan->refused = true;
        return reason_list_add(&plan->reasons, &reason);
}
