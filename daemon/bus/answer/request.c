/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/request.h"

#include "daemon/bus/caller/job_owner.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/paths.h"

#include <errno.h>

int request_start_job(struct server *server, sd_bus_message *m, const struct operation_request *request,
                      sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL, *path = NULL;
        struct job *job;
        int r;

        if (server->stopping)
                return request_fail(error, -EBUSY, "memctld is stopping");
        r = job_owner_start(server, m, request, &job, &message, error);
        if (r < 0)
                return sd_bus_error_is_set(error) ? r : request_fail(error, r, message);
        path = bus_job_path(job->id);
        if (!path)
                return -ENOMEM;
        return sd_bus_reply_method_return(m, "o", path);
}
