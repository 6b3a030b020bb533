/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/arguments.h"

#include "basic/job_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void append_text(char *text, size_t size, const struct job_option *option, int64_t value)
{
        size_t n = strlen(text);
        const char *between = n > 0 ? " " : "", *usec = strstr(option->key, "_usec");

        if (option->type == 'b')
                (void) snprintf(text + n, size - n, "%s--%s", between, option->name);
        else if (option->words)
                (void) snprintf(text + n, size - n, "%s--%s %s", between, option->name,
                                option->words[value]);
        else
                (void) snprintf(text + n, size - n, "%s--%s %" PRId64 "%s", between, option->name, value,
                                usec ? "us" : "");
}

/* Words are there even where they were not given. */
void arguments_say(const struct operation_request *request, char *text, size_t size)
{
        const struct job_options options = { .offline = request->options,
                                             .eject = request->eject,
                                             .zone = request->zone };
        enum option_set set = job_verb_is_online(request->verb) ? OPTIONS_ONLINE : OPTIONS_OFFLINE_DIMM;

        *text = '\0';
        if (!job_verb_is_online(request->verb) && !job_verb_is_offline(request->verb))
                return;
        for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++) {
                const struct job_option *option = job_option(id);
                int64_t value = job_option_get(option, &options);

                if (job_option_is_of(option, set) && (option->words || value != option->none))
                        append_text(text, size, option, value);
        }
}
