/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/object/compact.h"

#include "daemon/bus/answer/request.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/options.h"

#include <errno.h>
#include <stdio.h>

static int do_compact(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        const struct block_set none = { 0 };
        struct operation_request request = { .verb = JOB_COMPACT, .blocks = &none, .target = "memory" };
        char target[32];
        int node, r;

        r = sd_bus_message_read(m, "i", &node);
        if (r >= 0)
                r = request_read_options(m, OPTIONS_COMPACT, &request, error);
        if (r < 0)
                return r;
        request.compact.node = node;
        if (node >= 0) {
                (void) snprintf(target, sizeof(target), "node %d", node);
                request.target = target;
        }
        if (node < -1 || (node >= 0 && !snapshot_find_node(server_snapshot(server), node))) {
                char text[80];

                (void) snprintf(text, sizeof(text), "node %d: the machine has no such node; -1 are all",
                                node);
                return request_fail(error, -ENOENT, text);
        }
        return request_start_job(server, m, &request, error);
}

int bus_compact(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_compact, error);
}
