/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/plan.h"

#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/reasons.h"
#include "daemon/bus/value/strings.h"
#include "daemon/query/offline_planner.h"
#include "memctl/bus.h"

#include <errno.h>

/* How it is done. What is not known is left out, not 0. */
static int append_ways(sd_bus_message *reply, const struct offline_plan *plan)
{
        int r;

        r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}", "fence", "b", plan->fence, "take_used", "b",
                                  plan->take_used, "cache", "s", cache_mode_name(plan->cache), "cold_source",
                                  "s", cold_source_name(plan->cold_source));
        if (r >= 0 && plan->cache_known)
                r = sd_bus_message_append(reply, "{sv}{sv}", "drop_bytes", "t", plan->drop_bytes,
                                          "keep_bytes", "t", plan->keep_bytes);
        if (r >= 0 && plan->to_node != NODE_NONE)
                r = sd_bus_message_append(reply, "{sv}", "to_node", "i", plan->to_node);
        if (r >= 0 && plan->estimated_usec > 0)
                r = sd_bus_message_append(reply, "{sv}", "estimated_usec", "t", plan->estimated_usec);
        return r < 0 ? r
                     : bus_append_strings_entry(reply, "notes", plan->notes, bus_strv_length(plan->notes));
}

static int append_plan(sd_bus_message *reply, const void *what)
{
        const struct offline_plan *plan = what;
        _cleanup_free_ uint32_t *blocks = NULL;
        int r;

        blocks = calloc(plan->n_steps ? plan->n_steps : 1, sizeof(*blocks));
        if (!blocks)
                return -ENOMEM;
        for (size_t i = 0; i < plan->n_steps; i++)
                blocks[i] = plan->steps[i].block;

        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}", "result", "s",
                                          plan->refused ? MEMCTL_RESULT_REFUSED : MEMCTL_RESULT_DONE);
        /* what could not be counted is left out, not 0 */
        if (r >= 0 && plan->usage_known)
                r = sd_bus_message_append(reply, "{sv}{sv}", "pages_in_use", "t", plan->pages_in_use,
                                          "needed_bytes", "t", plan->needed_bytes);
        if (r >= 0 && plan->room_known)
                r = sd_bus_message_append(reply, "{sv}", "available_bytes", "t", plan->available_bytes);
        if (r >= 0)
                r = bus_append_array_entry(reply, "blocks", 'u', blocks, plan->n_steps * sizeof(*blocks));
        if (r >= 0)
                r = append_ways(reply, plan);
        if (r >= 0)
                r = bus_open_entry(reply, "reasons", "aa{sv}");
        if (r >= 0)
                r = request_append_reasons(reply, plan->reasons.items, plan->reasons.n_items, REASONS_NAMED);
        if (r >= 0)
                r = bus_close_entry(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void on_planned(void *userdata, int error, struct offline_plan *plan)
{
        _cleanup_(pending_freep) struct pending *pending = userdata;

        pending_answer(pending, error, NULL, append_plan, plan);
        offline_plan_clear(plan);
}

static void free_planner(void *planner)
{
        offline_planner_free(planner);
}

int plan_answer(struct server *server, sd_bus_message *m, const struct block_set *blocks, const char *dimm,
                const struct offline_options *options, bool full, sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct offline_planner *planner;
        int r;

        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        r = offline_planner_new(server->machine, blocks, dimm, options, on_planned, pending, &planner);
        if (r < 0)
                return r;
        if (!full)
                offline_planner_only_count(planner);
        return pending_wait(TAKE_PTR(pending), planner, free_planner); /* on_planned() frees it */
}
