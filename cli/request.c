/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/request.h"

#include "memctl/bus.h"

int request_append_options(const struct context *context, sd_bus_message *call)
{
        int r;

        r = sd_bus_message_open_container(call, 'a', "{sv}");
        if (r >= 0 && context->timeout_usec > 0)
                r = sd_bus_message_append(call, "{sv}", MEMCTL_OPTION_TIMEOUT, "t", context->timeout_usec);
        if (r >= 0 && context->eject)
                r = sd_bus_message_append(call, "{sv}", MEMCTL_OPTION_EJECT, "b", 1);
        if (r >= 0 && context->force)
                r = sd_bus_message_append(call, "{sv}", MEMCTL_OPTION_FORCE, "b", 1);
        if (r >= 0 && context->zone)
                r = sd_bus_message_append(call, "{sv}", MEMCTL_OPTION_ZONE, "s", context->zone);
        return r < 0 ? r : sd_bus_message_close_container(call);
}
