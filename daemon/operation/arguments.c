/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/arguments.h"

#include <inttypes.h>
#include <stdio.h>

void arguments_say(const struct operation_request *request, char *text, size_t size)
{
        const struct offline_options *options = &request->options;
        char rate[32] = "", pause[40] = "", node[24] = "";

        *text = '\0';
        if (job_verb_is_online(request->verb))
                (void) snprintf(text, size, "--zone %s", request->zone == ONLINE_KERNEL ? "kernel" : "movable");
        if (!job_verb_is_offline(request->verb))
                return;
        if (options->rate > 0)
                (void) snprintf(rate, sizeof(rate), " --rate %" PRIu64, options->rate);
        if (options->max_pause_usec > 0)
                (void) snprintf(pause, sizeof(pause), " --max-pause %" PRIu64 "us", options->max_pause_usec);
        if (options->to_node >= 0)
                (void) snprintf(node, sizeof(node), " --to-node %d", options->to_node);
        (void) snprintf(text, size, "--cache %s --stuck %s%s%s%s%s%s%s%s%s", cache_mode_name(options->cache),
                        stuck_mode_name(options->stuck), options->force ? " --force" : "",
                        options->partial ? " --partial" : "", options->swap ? " --swap" : "",
                        options->resume ? " --resume" : "", request->eject ? " --eject" : "", rate, pause, node);
}
