/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/job_owner.h"

#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/caller.h"
#include "daemon/bus/context/context.h"

#include <errno.h>

struct job_owner {
        uint32_t job;
        struct quota_claim claim;
        struct job_owner *next;
};

static struct job_owner *job_owner_free(struct job_owner *owner)
{
        if (!owner)
                return NULL;

        quota_give(&owner->claim);
        free(owner);
        return NULL;
}
DEFINE_CLEANUP(struct job_owner *, job_owner_free)

int job_owner_start(struct server *server, sd_bus_message *m, const struct operation_request *request,
                    struct job **ret, char **message, sd_bus_error *error)
{
        _cleanup_(job_owner_freep) struct job_owner *owner = calloc(1, sizeof(*owner));
        int r;

        if (!owner)
                return -ENOMEM;
        r = caller_take(server, m, CALLER_HAS_JOBS, &owner->claim, error);
        if (r >= 0)
                r = operation_start(server->registry, server->machine, request, ret, message);
        if (r < 0)
                return r;
        audit_start(server, m, *ret);
        if ((*ret)->state == JOB_FINISHED)
                return 0;
        owner->job = (*ret)->id;
        owner->next = server->owners;
        server->owners = TAKE_PTR(owner);
        return 0;
}

void job_owner_forget(struct server *server, uint32_t id)
{
        for (struct job_owner **at = &server->owners; *at; at = &(*at)->next)
                if ((*at)->job == id) {
                        struct job_owner *owner = *at;

                        *at = owner->next;
                        job_owner_free(owner);
                        return;
                }
}

void job_owner_forget_all(struct server *server)
{
        while (server->owners)
                job_owner_forget(server, server->owners->job);
}
