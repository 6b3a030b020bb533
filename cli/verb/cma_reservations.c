/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma reservations, release; and what cma list says of them.
 */
#include "cli/verb/cma_reservations.h"

#include "cli/daemon/client.h"
#include "cli/daemon/reserve.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

static const struct column columns[] = {
        { "id", "ID", COLUMN_COUNT, false },          { "name", "NAME", COLUMN_TEXT, false },
        { "area", "AREA", COLUMN_TEXT, false },       { "start", "START", COLUMN_TEXT, false },
        { "size", "SIZE", COLUMN_SIZE, false },       { "node", "NODE", COLUMN_COUNT, false },
        { "zone", "ZONE", COLUMN_TEXT, false },       { "pid", "PID", COLUMN_COUNT, false },
        { "command", "COMMAND", COLUMN_TEXT, false }, { "align", "ALIGN", COLUMN_SIZE, true },
        { "seconds", "SECONDS", COLUMN_COUNT, true }, { "pages_moved", "MOVED", COLUMN_COUNT, true },
};

const struct columns reservation_columns = COLUMNS(columns);

static json_object *rows_of(json_object *list)
{
        json_object *rows = json_object_new_array();

        for (size_t i = 0; i < json_object_array_length(list); i++)
                json_object_array_add(rows, reservation_row(json_object_array_get_idx(list, i)));
        return rows;
}

int verb_cma_reservations(struct context *context)
{
        _cleanup_json_ json_object *list = NULL;
        int status = reservations_get(context, &list);

        return status == EXIT_DONE
                       ? output_list(context, "reservations", rows_of(list), &reservation_columns)
                       : status;
}

json_object *cma_reservations(struct context *context)
{
        _cleanup_json_ json_object *list = reservations_try(context);

        return list ? rows_of(list) : NULL;
}

void cma_reservations_tell(json_object *rows)
{
        size_t n = rows ? json_object_array_length(rows) : 0;
        _cleanup_free_ char *size = NULL;
        uint64_t bytes = 0;

        for (size_t i = 0; i < n; i++)
                bytes += value_number(json_object_array_get_idx(rows, i), "size");
        size = human_size(bytes);
        if (n > 0)
                tell("Reserved: %s in %zu place%s; cma reservations lists them", size ? size : "?", n,
                     n == 1 ? "" : "s");
}

int verb_cma_release(struct context *context)
{
        sd_bus_message *call = NULL, *reply = NULL;
        json_object *answer;
        int status, r;

        status =
                client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ReleaseReservation", &call);
        if (status == EXIT_DONE) {
                r = sd_bus_message_append(call, "s", context->args[0]);
                status = r < 0 ? client_failed(context, NULL, r) : client_call(context, call, &reply);
        }
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        if (status != EXIT_DONE || context->output == OUTPUT_TEXT)
                return status;
        answer = json_object_new_object();
        json_object_object_add(answer, "released", json_object_new_string(context->args[0]));
        status = output_json(context, answer);
        json_object_put(answer);
        return status;
}
