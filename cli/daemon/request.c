/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/request.h"

#include "memctl/bus.h"

static int append_flag(sd_bus_message *call, const char *name, bool value)
{
        return value ? sd_bus_message_append(call, "{sv}", name, "b", 1) : 0;
}

static int append_number(sd_bus_message *call, const char *name, uint64_t value)
{
        return value > 0 ? sd_bus_message_append(call, "{sv}", name, "t", value) : 0;
}

static int append_word(sd_bus_message *call, const char *name, const char *value)
{
        return value ? sd_bus_message_append(call, "{sv}", name, "s", value) : 0;
}

int request_append_options(const struct context *context, sd_bus_message *call)
{
        int r;

        r = sd_bus_message_open_container(call, 'a', "{sv}");
        if (r >= 0)
                r = append_number(call, MEMCTL_OPTION_TIMEOUT, context->timeout_usec);
        if (r >= 0)
                r = append_flag(call, MEMCTL_OPTION_EJECT, context->eject);
        if (r >= 0)
                r = append_flag(call, MEMCTL_OPTION_FORCE, context->force);
        if (r >= 0)
                r = append_word(call, MEMCTL_OPTION_ZONE, context->zone);
        if (r >= 0)
                r = append_word(call, MEMCTL_OPTION_CACHE, context->cache);
        if (r >= 0)
                r = append_flag(call, MEMCTL_OPTION_PARTIAL, context->partial);
        if (r >= 0)
                r = append_word(call, MEMCTL_OPTION_STUCK, context->stuck);
        if (r >= 0)
                r = append_number(call, MEMCTL_OPTION_MAX_PAUSE, context->max_pause_usec);
        if (r >= 0)
                r = append_number(call, MEMCTL_OPTION_RATE, context->rate);
        if (r >= 0 && context->to_node >= 0)
                r = sd_bus_message_append(call, "{sv}", MEMCTL_OPTION_TO_NODE, "i", context->to_node);
        if (r >= 0)
                r = append_flag(call, MEMCTL_OPTION_SWAP, context->swap);
        if (r >= 0)
                r = append_flag(call, MEMCTL_OPTION_RESUME, context->resume);
        return r < 0 ? r : sd_bus_message_close_container(call);
}
