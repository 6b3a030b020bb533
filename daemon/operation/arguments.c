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

static enum option_set set_of(enum job_verb verb)
{
        if (job_verb_is_online(verb))
                return OPTIONS_ONLINE;
        if (job_verb_is_offline(verb))
                return OPTIONS_OFFLINE_DIMM;
        if (verb == JOB_HUGEPAGES)
                return OPTIONS_HUGEPAGES;
        return verb == JOB_COMPACT ? OPTIONS_COMPACT : OPTIONS_NONE;
}

/* Words are there even where they were not given. */
void arguments_say(const struct operation_request *request, char *text, size_t size)
{
        const struct job_options options = { .offline = request->options,
                                             .eject = request->eject,
                                             .zone = request->zone,
                                             .compact = request->compact };
        enum option_set set = set_of(request->verb);

        *text = '\0';
        if (set == OPTIONS_NONE)
                return;
        for (enum job_option_id id = 0; id < _JOB_OPTION_MAX; id++) {
                const struct job_option *option = job_option(id);
                int64_t value = job_option_get(option, &options);

                if (job_option_is_of(option, set) && (option->words || value != option->none))
                        append_text(text, size, option, value);
        }
}
