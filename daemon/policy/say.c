/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void policy_say(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        (void) fputs("memctld: compaction: ", stderr);
        (void) vfprintf(stderr, format, arguments);
        (void) fputc('\n', stderr);
        va_end(arguments);
}

void policy_say_config(const struct compaction_config *config)
{
        _cleanup_free_ char *text = compaction_config_text(config);

        if (!text)
                return;
        for (char *p = strchr(text, '\n'); p; p = strchr(p, '\n'))
                *p = ' ';
        policy_say("in force: %s", text);
}

void policy_say_state(const struct policy_view *view)
{
        const struct compaction_inputs *inputs = &view->inputs;

        policy_say("node %d: %s: %s; order %u, %" PRIu64 " pieces free of %" PRIu64 ", %" PRIu64
                   " pages in smaller pieces, of %" PRIu64 "; kswapd %" PRIu64 " ms, pressure %u.%02u %%, "
                   "budget %" PRId64 " ms, waits %" PRIu64 " s",
                   view->node, compaction_state_name(view->state), policy_state_reason(view), view->order,
                   inputs->free_pieces, view->target, inputs->small_pages, inputs->memory_pages,
                   view->kswapd_usec / 1000, inputs->memory_pressure / 100, inputs->memory_pressure % 100,
                   view->budget_usec / 1000, view->wait_usec / 1000000);
}

void policy_say_outcome(int node, const struct compaction_outcome *outcome,
                        const struct compact_slice *slice)
{
        policy_say("node %d: %" PRId64 " pieces gained, %" PRIu64 " free now, %" PRIu64 " ms of CPU%s", node,
                   outcome->gained, slice->after, outcome->cpu_usec / 1000,
                   slice->end == SLICE_ALL       ? "; it has been everywhere"
                   : slice->end == SLICE_NO_ROOM ? "; no room in smaller pieces"
                                                 : "");
}

void policy_say_failed(int node, int error, const char *message)
{
        policy_say("node %d: %s", node, message ? message : strerror(-error));
}
