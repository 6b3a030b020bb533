/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compact run.
 */
#include "cli/daemon/client.h"
#include "cli/daemon/request.h"
#include "cli/verb/follow.h"
#include "cli/verb/verbs.h"
#include "memctl/bus.h"

int verb_compact_run(struct context *context)
{
        sd_bus_message *call = NULL;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "Compact", &call);
        if (status == EXIT_DONE) {
                r = sd_bus_message_append(call, "i", context->node);
                if (r >= 0)
                        r = request_append_options(context, call);
                status = r < 0 ? client_failed(context, NULL, r) : follow_call(context, call);
        }
        sd_bus_message_unref(call);
        return status;
}
