/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma warm: contiguous memory that is kept ready.
 */
#include "basic/quote.h"
#include "cli/ask/argument.h"
#include "cli/daemon/reserve.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/verb/verbs.h"

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
        status = warm_call(context, size ? &bytes : NULL, context->node, &reserve);
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
