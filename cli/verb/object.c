/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/object.h"

#include "cli/daemon/client.h"
#include "cli/daemon/request.h"
#include "cli/show/plan.h"
#include "cli/verb/follow.h"
#include "memctl/bus.h"

#include <string.h>

static int new_call(struct context *context, const struct object *object, const char *method,
                    sd_bus_message **ret)
{
        int status, r;

        status = client_new_call(context, object->path, object->interface, method, ret);
        if (status != EXIT_DONE)
                return status;
        r = request_append_options(context, *ret);
        return r < 0 ? client_failed(context, NULL, r) : EXIT_DONE;
}

int object_plan(struct context *context, const struct object *object)
{
        _cleanup_json_ json_object *plan = NULL;
        sd_bus_message *call = NULL;
        int status;

        status = new_call(context, object, "Plan", &call);
        if (status == EXIT_DONE)
                status = value_answer(context, call, &plan);
        sd_bus_message_unref(call);
        return status == EXIT_DONE ? plan_print(context, object->name, plan) : status;
}

int object_refuse(struct context *context, const struct object *object, char **ranges, bool *refused)
{
        struct context options = *context;
        _cleanup_json_ json_object *plan = NULL;
        sd_bus_message *call = NULL, *reply = NULL;
        int status, r = 0;

        *refused = false;
        /* those that a plan does not depend on are not for it */
        for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++)
                if (!job_option_is_of(job_option(id), OPTIONS_PLAN_DIMM))
                        options.given &= ~(1U << id);
        status = client_new_call(context, object->path, object->interface, ranges ? "PlanBlocks" : "Plan",
                                 &call);
        if (status == EXIT_DONE && ranges)
                r = sd_bus_message_append_strv(call, ranges);
        if (status == EXIT_DONE && r >= 0)
                r = request_append_options(&options, call);
        if (status == EXIT_DONE && r >= 0)
                status = client_call(context, call, &reply);
        if (status == EXIT_DONE && r >= 0)
                r = value_read(reply, &plan);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        if (r < 0)
                return client_failed(context, NULL, r);
        if (status != EXIT_DONE || strcmp(value_text(plan, "result"), MEMCTL_RESULT_REFUSED) != 0)
                return status;
        *refused = true;
        return plan_print(context, object->name, plan);
}

int object_start(struct context *context, const struct object *object, const char *method)
{
        sd_bus_message *call = NULL;
        bool refused = false;
        int status = EXIT_DONE;

        if (context->root && strcmp(method, "Offline") == 0)
                status = object_refuse(context, object, NULL, &refused);
        if (status != EXIT_DONE || refused)
                return status;
        status = new_call(context, object, method, &call);
        if (status == EXIT_DONE)
                status = follow_call(context, call);
        sd_bus_message_unref(call);
        return status;
}
