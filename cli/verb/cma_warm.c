/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma warm: contiguous memory that is kept ready.
 */
#include "basic/quote.h"
#include "cli/ask/argument.h"
#include "cli/daemon/client.h"
#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

#define SIZE_ACCEPTED "an amount of memory above 0, like 256M, or \"off\""

static json_object *node_of(json_object *reserve)
{
        return value_number_or_null(reserve, "node");
}

static json_object *to_json(json_object *reserve)
{
        json_object *object = json_object_new_object();

        json_object_object_add(object, "target", value_number_or_null(reserve, "target_bytes"));
        json_object_object_add(object, "node", node_of(reserve));
        json_object_object_add(object, "size", value_number_or_null(reserve, "bytes"));
        json_object_object_add(object, "largest", value_number_or_null(reserve, "largest_bytes"));
        json_object_object_add(object, "runs", value_number_or_null(reserve, "runs"));
        json_object_object_add(object, "short", value_or_null(reserve, "short"));
        json_object_object_add(object, "served", value_number_or_null(reserve, "served"));
        json_object_object_add(object, "missed", value_number_or_null(reserve, "missed"));
        json_object_object_add(object, "given_back", value_number_or_null(reserve, "given_bytes"));
        json_object_object_add(object, "filled", value_number_or_null(reserve, "filled_bytes"));
        return object;
}

static void tell_reserve(json_object *reserve)
{
        _cleanup_free_ char *target = human_size(value_number(reserve, "target_bytes")),
                            *size = human_size(value_number(reserve, "bytes")),
                            *largest = human_size(value_number(reserve, "largest_bytes")),
                            *given = human_size(value_number(reserve, "given_bytes"));
        uint64_t missing = value_number(reserve, "target_bytes");

        if (missing == 0)
                tell("There is no warm reserve.");
        else
                tell("Warm reserve: %s of %s ready, the largest run %s.", size ? size : "?",
                     target ? target : "?", largest ? largest : "?");
        if (value_flag(reserve, "short"))
                tell("Memory is short: it is filled again when there is more.");
        else if (value_number(reserve, "bytes") < missing)
                tell("It is being filled.");
        tell("Since memctl.ko was loaded: %" PRIu64 " requests served, %" PRIu64
             " missed, %s given back for want of memory.",
             value_number(reserve, "served"), value_number(reserve, "missed"), given ? given : "?");
}

/* SetWarmReserve(bytes, node), or GetWarmReserve() without a size. */
static int ask(struct context *context, const uint64_t *bytes, json_object **ret)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status, r = 0;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER,
                                 bytes ? "SetWarmReserve" : "GetWarmReserve", &call);
        if (status == EXIT_DONE && bytes)
                r = sd_bus_message_append(call, "ti", *bytes, (int32_t) context->node);
        if (r < 0)
                status = client_failed(context, NULL, r);
        if (status == EXIT_DONE)
                status = client_call(context, call, &reply);
        if (status == EXIT_DONE &&
            (value_read(reply, ret) < 0 || !json_object_is_type(*ret, json_type_object)))
                status = client_bad_answer();
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}

int verb_cma_warm(struct context *context)
{
        _cleanup_json_ json_object *reserve = NULL, *object = NULL;
        const char *size = context->n_args > 0 ? context->args[0] : NULL;
        uint64_t bytes = 0;
        int status;

        if (size && strcmp(size, "off") != 0 && !argument_size(size, &bytes)) {
                char quoted[QUOTE_MAX];

                complain("usage", "%s: expected " SIZE_ACCEPTED, quote(size, quoted));
                return EXIT_USAGE;
        }
        status = ask(context, size ? &bytes : NULL, &reserve);
        if (status != EXIT_DONE)
                return status;
        if (context->output != OUTPUT_TEXT) {
                object = to_json(reserve);
                return output_json(context, object);
        }
        output_begin(context, false);
        tell_reserve(reserve);
        return output_finish();
}
