/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hugepages reserve.
 */
#include "basic/quote.h"
#include "cli/ask/argument.h"
#include "cli/daemon/client.h"
#include "cli/daemon/request.h"
#include "cli/run/say.h"
#include "cli/verb/follow.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

int verb_hugepages_reserve(struct context *context)
{
        sd_bus_message *call = NULL;
        char quoted[QUOTE_MAX];
        uint64_t count;
        int status, r;

        if (!argument_count(context->args[0], &count) || count == 0) {
                complain("usage", "COUNT %s: accepted is a number of huge pages above 0",
                         quote(context->args[0], quoted));
                return EXIT_USAGE;
        }
        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "ReserveHugepages", &call);
        if (status == EXIT_DONE) {
                r = sd_bus_message_append(call, "tti", count, context->size, context->node);
                if (r >= 0)
                        r = request_append_options(context, call);
                status = r < 0 ? client_failed(context, NULL, r) : follow_call(context, call);
        }
        sd_bus_message_unref(call);
        return status;
}
