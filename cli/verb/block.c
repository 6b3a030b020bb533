/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * block offline and block online.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/daemon/request.h"
#include "cli/run/say.h"
#include "cli/verb/follow.h"
#include "cli/verb/object.h"
#include "memctl/bus.h"

static int start(struct context *context, const char *method)
{
        sd_bus_message *call = NULL;
        int status, r;

        status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, method, &call);
        if (status != EXIT_DONE)
                return status;
        if (context->size > 0)
                r = sd_bus_message_append(call, "ti", context->size, context->node);
        else
                r = sd_bus_message_append_strv(call, context->args);
        if (r >= 0)
                r = request_append_options(context, call);
        status = r < 0 ? client_failed(context, NULL, r) : follow_call(context, call);
        sd_bus_message_unref(call);
        return status;
}

int verb_block_offline(struct context *context)
{
        if ((context->size > 0) == (context->n_args > 0)) {
                complain("usage", "block offline takes either ranges of blocks or --size");
                return EXIT_USAGE;
        }
        if (context->node >= 0 && context->size == 0) {
                complain("usage", "--node goes with --size");
                return EXIT_USAGE;
        }
        if (context->root && context->size == 0) {
                const struct object blocks = {
                        .path = MEMCTL_BUS_PATH,
                        .interface = MEMCTL_IFACE_MANAGER,
                        .name = context->args[0],
                };
                bool refused;
                int status = object_refuse(context, &blocks, context->args, &refused);

                if (status != EXIT_DONE || refused)
                        return status;
        }
        return start(context, context->size > 0 ? "OfflineSize" : "OfflineBlocks");
}

int verb_block_online(struct context *context)
{
        return start(context, "OnlineBlocks");
}
