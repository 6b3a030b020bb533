/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/pending.h"

#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"

#include <errno.h>

static void on_caller_gone(void *userdata)
{
        pending_free(userdata);
}

int pending_new_as(struct server *server, sd_bus_message *m, enum caller_has what, struct pending **ret,
                   sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        int r;

        pending = calloc(1, sizeof(*pending));
        if (!pending)
                return -ENOMEM;
        pending->server = server;
        pending->call = sd_bus_message_ref(m);
        pending->next = server->pending;
        if (pending->next)
                pending->next->previous = pending;
        server->pending = pending;
        r = client_begin(&pending->client, server, m, what, on_caller_gone, pending, error);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(pending);
        return 0;
}

int pending_new(struct server *server, sd_bus_message *m, struct pending **ret, sd_bus_error *error)
{
        return pending_new_as(server, m, CALLER_HAS_QUERIES, ret, error);
}

struct pending *pending_free(struct pending *pending)
{
        if (!pending)
                return NULL;

        if (pending->next)
                pending->next->previous = pending->previous;
        if (pending->previous)
                pending->previous->next = pending->next;
        else
                pending->server->pending = pending->next;
        if (pending->task)
                pending->free_task(pending->task);
        client_end(&pending->client);
        sd_bus_message_unref(pending->call);
        free(pending);
        return NULL;
}

int pending_wait(struct pending *pending, void *task, void (*free_task)(void *task))
{
        pending->task = task;
        pending->free_task = free_task;
        return 1;
}

void pending_answer(struct pending *pending, int r, const char *message, pending_append_t append,
                    const void *what)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;

        if (r >= 0)
                r = sd_bus_message_new_method_return(pending->call, &reply);
        if (r >= 0)
                r = append(reply, what);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        if (r >= 0)
                return;
        (void) request_fail(&error, r, message);
        (void) sd_bus_reply_method_error(pending->call, &error);
        sd_bus_error_free(&error);
}

void pending_free_all(struct server *server)
{
        while (server->pending)
                pending_free(server->pending);
}
