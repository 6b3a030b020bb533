/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/reasons.h"

#include "cli/daemon/client.h"
#include "memctl/bus.h"

#include <inttypes.h>

/* A page of them, from the one with that index on. 0 or -errno. */
static int ask(struct context *context, const char *path, uint32_t first, json_object **ret, uint32_t *total)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int r;

        r = sd_bus_message_new_method_call(context->bus, &call, client_destination(context), path,
                                           MEMCTL_IFACE_JOB, "GetReasons");
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, false);
        if (r >= 0)
                r = sd_bus_message_set_allow_interactive_authorization(call, false);
        if (r >= 0)
                r = sd_bus_message_append(call, "u", first);
        if (r >= 0)
                r = sd_bus_call(context->bus, call, 0, NULL, &reply);
        if (r >= 0)
                r = value_read(reply, ret);
        if (r >= 0)
                r = sd_bus_message_read(reply, "u", total);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return r;
}

void reasons_complete(struct context *context, json_object *job)
{
        _cleanup_json_ json_object *all = json_object_new_array();
        json_object *in_short = value_array(job, "Reasons");
        uint32_t total = 1;
        char path[64];

        if (!in_short || json_object_array_length(in_short) == 0)
                return;
        (void) snprintf(path, sizeof(path), MEMCTL_PATH_JOB "/%" PRIu64, value_number(job, "Id"));
        while (json_object_array_length(all) < total) {
                _cleanup_json_ json_object *page = NULL;

                if (ask(context, path, (uint32_t) json_object_array_length(all), &page, &total) < 0 ||
                    !value_is_list_of(page, json_type_object) ||
                    (json_object_array_length(page) == 0 && total > 0))
                        return;
                for (size_t i = 0; i < json_object_array_length(page); i++)
                        json_object_array_add(all, json_object_get(json_object_array_get_idx(page, i)));
        }
        json_object_object_add(job, "Reasons", json_object_get(all));
}
