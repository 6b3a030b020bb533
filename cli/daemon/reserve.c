/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/reserve.h"

#include "cli/daemon/client.h"
#include "memctl/bus.h"

#include <inttypes.h>

static int append_wanted(sd_bus_message *call, const struct reserve_wanted *wanted)
{
        int r;

        r = sd_bus_message_append(call, "t", wanted->size);
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "{sv}");
        if (r >= 0 && wanted->align > 0)
                r = sd_bus_message_append(call, "{sv}", "align", "t", wanted->align);
        if (r >= 0 && wanted->node >= 0)
                r = sd_bus_message_append(call, "{sv}", "node", "i", wanted->node);
        if (r >= 0 && wanted->movable)
                r = sd_bus_message_append(call, "{sv}", "movable", "b", 1);
        if (r >= 0 && wanted->name)
                r = sd_bus_message_append(call, "{sv}", "name", "s", wanted->name);
        if (r >= 0 && wanted->area)
                r = sd_bus_message_append(call, "{sv}", "area", "s", wanted->area);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

/* The answer to a call, which is an object. An exit status. */
static int call_for_object(struct context *context, sd_bus_message *call, json_object **ret)
{
        int status = value_answer(context, call, ret);

        if (status != EXIT_DONE || json_object_is_type(*ret, json_type_object))
                return status;
        json_object_put(*ret);
        *ret = NULL;
        return client_bad_answer();
}

int reserve_call(struct context *context, const struct reserve_wanted *wanted, json_object **ret)
{
        sd_bus_message *call = NULL;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "Reserve", &call);
        if (status == EXIT_DONE) {
                r = append_wanted(call, wanted);
                status = r < 0 ? client_failed(context, NULL, r) : call_for_object(context, call, ret);
        }
        sd_bus_message_unref(call);
        return status;
}

int warm_call(struct context *context, const uint64_t *bytes, int node, json_object **ret)
{
        sd_bus_message *call = NULL;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER,
                                 bytes ? "SetWarmReserve" : "GetWarmReserve", &call);
        if (status == EXIT_DONE) {
                r = bytes ? sd_bus_message_append(call, "ti", *bytes, (int32_t) node) : 0;
                status = r < 0 ? client_failed(context, NULL, r) : call_for_object(context, call, ret);
        }
        sd_bus_message_unref(call);
        return status;
}

int reservations_get(struct context *context, json_object **ret)
{
        int status =
                value_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ListReservations", NULL, ret);

        if (status != EXIT_DONE || value_is_list_of(*ret, json_type_object))
                return status;
        json_object_put(*ret);
        *ret = NULL;
        return client_bad_answer();
}

json_object *reservations_try(struct context *context)
{
        sd_bus_message *call = NULL, *reply = NULL;
        json_object *list = NULL;
        int r;

        r = sd_bus_message_new_method_call(context->bus, &call, client_destination(context), MEMCTL_BUS_PATH,
                                           MEMCTL_IFACE_MANAGER, "ListReservations");
        if (r >= 0)
                r = sd_bus_message_set_allow_interactive_authorization(call, false);
        if (r >= 0)
                r = sd_bus_call(context->bus, call, 0, NULL, &reply);
        if (r >= 0)
                r = value_read(reply, &list);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        if (r >= 0 && value_is_list_of(list, json_type_object))
                return list;
        json_object_put(list);
        return NULL;
}

json_object *reservation_seconds(json_object *reservation, const char *name)
{
        uint64_t usec = value_number(reservation, name);
        char text[32];

        if (!json_object_object_get_ex(reservation, name, NULL))
                return NULL;
        (void) snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, usec / 1000000, usec % 1000000);
        return json_object_new_double_s((double) usec / 1e6, text);
}

static json_object *address_or_null(json_object *reservation)
{
        char text[19];

        if (!json_object_object_get_ex(reservation, "start", NULL))
                return NULL;
        (void) snprintf(text, sizeof(text), "0x%016" PRIx64, value_number(reservation, "start"));
        return json_object_new_string(text);
}

json_object *reservation_row(json_object *reservation)
{
        json_object *row = json_object_new_object();

        json_object_object_add(row, "id", value_number_or_null(reservation, "id"));
        json_object_object_add(row, "name", value_or_null(reservation, "name"));
        json_object_object_add(row, "area", value_or_null(reservation, "area"));
        json_object_object_add(row, "start", address_or_null(reservation));
        json_object_object_add(row, "size", value_number_or_null(reservation, "size"));
        json_object_object_add(row, "align", value_number_or_null(reservation, "align"));
        json_object_object_add(row, "node", value_number_or_null(reservation, "node"));
        json_object_object_add(row, "zone", value_or_null(reservation, "zone"));
        json_object_object_add(row, "pid", value_number_or_null(reservation, "pid"));
        json_object_object_add(row, "command", value_or_null(reservation, "command"));
        json_object_object_add(row, "seconds", reservation_seconds(reservation, "held_usec"));
        json_object_object_add(row, "pages_moved", value_number_or_null(reservation, "moved"));
        return row;
}
