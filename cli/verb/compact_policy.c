/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compact policy show, set, dry-run.
 */
#include "basic/quote.h"
#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "cli/show/output.h"
#include "cli/show/policy.h"
#include "cli/verb/policy_call.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

#include <string.h>

static int print(struct context *context, json_object *policy, bool dry)
{
        _cleanup_json_ json_object *object = NULL;

        if (!json_object_is_type(policy, json_type_object))
                return client_bad_answer();
        if (context->output != OUTPUT_TEXT) {
                object = policy_to_json(policy, dry);
                return output_json(context, object);
        }
        output_begin(context, true);
        policy_tell(policy, dry);
        return output_finish();
}

static int get(struct context *context, bool dry)
{
        _cleanup_json_ json_object *policy = NULL;
        int status = policy_call_get(context, "GetCompactionPolicy", dry, &policy);

        return status != EXIT_DONE ? status : print(context, policy, dry);
}

static int append_values(const struct context *context, sd_bus_message *call)
{
        int r = sd_bus_message_append(call, "i", context->node);

        return r < 0 ? r : policy_values_append(context, call);
}

static int set(struct context *context)
{
        _cleanup_json_ json_object *policy = NULL;
        sd_bus_message *call = NULL;
        int status = policy_values_check(context, "Enabled=yes"), r;

        if (status == EXIT_DONE)
                status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER,
                                         "SetCompactionPolicy", &call);
        if (status == EXIT_DONE) {
                r = append_values(context, call);
                status = r < 0 ? client_failed(context, NULL, r) : value_answer(context, call, &policy);
        }
        sd_bus_message_unref(call);
        if (status != EXIT_DONE)
                return status;
        return context->quiet ? EXIT_DONE : print(context, policy, false);
}

int verb_compact_policy(struct context *context)
{
        const char *what = context->args[0];
        bool is_set = strcmp(what, "set") == 0, dry = strcmp(what, "dry-run") == 0;
        char quoted[QUOTE_MAX];

        if (!is_set && !dry && strcmp(what, "show") != 0) {
                complain("usage", "%s: expected show, set or dry-run", quote(what, quoted));
                return EXIT_USAGE;
        }
        if (!is_set && context->n_args > 1) {
                complain("usage", "%s: too much", quote(context->args[1], quoted));
                return EXIT_USAGE;
        }
        if (!is_set && context->node >= 0) {
                complain("usage", "--node goes with compact policy set");
                return EXIT_USAGE;
        }
        return is_set ? set(context) : get(context, dry);
}
