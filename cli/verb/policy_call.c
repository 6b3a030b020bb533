/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/verb/policy_call.h"

#include "basic/cleanup.h"
#include "basic/quote.h"
#include "cli/daemon/client.h"
#include "cli/daemon/value.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

int policy_call_get(struct context *context, const char *method, bool dry, json_object **ret)
{
        sd_bus_message *call = NULL;
        int status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, method, &call), r;

        if (status == EXIT_DONE) {
                r = sd_bus_message_append(call, "b", (int) dry);
                status = r < 0 ? client_failed(context, NULL, r) : value_answer(context, call, ret);
        }
        sd_bus_message_unref(call);
        return status;
}

int policy_values_check(const struct context *context, const char *like)
{
        char quoted[QUOTE_MAX];

        for (size_t i = 1; i < context->n_args; i++)
                if (!strchr(context->args[i], '=')) {
                        complain("usage", "%s: expected KEY=VALUE, like %s", quote(context->args[i], quoted),
                                 like);
                        return EXIT_USAGE;
                }
        if (context->n_args >= 2)
                return EXIT_DONE;
        complain("usage", "expected KEY=VALUE, like %s", like);
        return EXIT_USAGE;
}

static int append_value(sd_bus_message *call, const char *word)
{
        const char *equals = strchr(word, '=');
        _cleanup_free_ char *key = strndup(word, (size_t) (equals - word));

        return key ? sd_bus_message_append(call, "{ss}", key, equals + 1) : -ENOMEM;
}

int policy_values_append(const struct context *context, sd_bus_message *call)
{
        int r = sd_bus_message_open_container(call, 'a', "{ss}");

        for (size_t i = 1; r >= 0 && i < context->n_args; i++)
                r = append_value(call, context->args[i]);
        return r < 0 ? r : sd_bus_message_close_container(call);
}
