/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/daemon/request.h"

static int append_option(sd_bus_message *call, const struct job_option *option, int64_t value)
{
        switch (option->type) {
        case 'b':
                return sd_bus_message_append(call, "{sv}", option->key, "b", (int) value);
        case 's':
                return sd_bus_message_append(call, "{sv}", option->key, "s", option->words[value]);
        case 'i':
                return sd_bus_message_append(call, "{sv}", option->key, "i", (int) value);
        default:
                return sd_bus_message_append(call, "{sv}", option->key, "t", (uint64_t) value);
        }
}

int request_append_options(const struct context *context, sd_bus_message *call)
{
        int r;

        r = sd_bus_message_open_container(call, 'a', "{sv}");
        for (enum job_option_id id = 0; r >= 0 && id < _JOB_OPTION_MAX; id++)
                if (context->given & (1U << id))
                        r = append_option(call, job_option(id),
                                          job_option_get(job_option(id), &context->job));
        return r < 0 ? r : sd_bus_message_close_container(call);
}
