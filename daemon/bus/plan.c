/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/plan.h"

#include "daemon/bus/request.h"
#include "memctl/bus.h"

#include <errno.h>

/* What Dimm.Plan waits for: the judge, and the call to answer. */
struct pending_plan {
        struct judge *judge;
        sd_bus_message *call;
};

static void pending_plan_free(struct pending_plan *pending)
{
        judge_free(pending->judge);
        sd_bus_message_unref(pending->call);
        free(pending);
}
DEFINE_CLEANUP(struct pending_plan *, pending_plan_free)

static int append_plan(sd_bus_message *reply, const struct offline_plan *plan)
{
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
                r = sd_bus_message_open_container(reply, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", "blocks");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "au");
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'u', blocks, plan->n_steps * sizeof(*blocks));
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", "reasons");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "aa{sv}");
        if (r >= 0)
                r = request_append_reasons(reply, &plan->reasons);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void on_planned(void *userdata, int error, struct offline_plan *plan)
{
        _cleanup_(pending_plan_freep) struct pending_plan *pending = userdata;
        sd_bus_message *reply = NULL;
        int r = error;

        if (r >= 0)
                r = sd_bus_message_new_method_return(pending->call, &reply);
        if (r >= 0)
                r = append_plan(reply, plan);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        offline_plan_clear(plan);

        if (r < 0) {
                sd_bus_error answer = SD_BUS_ERROR_NULL;

                (void) request_fail(&answer, r, NULL);
                (void) sd_bus_reply_method_error(pending->call, &answer);
                sd_bus_error_free(&answer);
        }
}

int plan_answer(struct server *server, sd_bus_message *m, const struct block_set *blocks, const char *dimm)
{
        _cleanup_(pending_plan_freep) struct pending_plan *pending = NULL;
        int r;

        pending = calloc(1, sizeof(*pending));
        if (!pending)
                return -ENOMEM;
        pending->call = sd_bus_message_ref(m);
        r = judge_new(server->machine, blocks, dimm, on_planned, pending, &pending->judge);
        if (r < 0)
                return r;
        pending = NULL; /* on_planned() frees it */
        return 1;
}
