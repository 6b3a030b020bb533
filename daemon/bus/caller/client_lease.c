/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/client_lease.h"

#include "basic/message.h"
#include "daemon/bus/caller/caller.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"

#include <errno.h>
#include <string.h>

/* One client; for one user, and all, see caller.c. */
#define CLIENT_MAX 4

/* A lease that has ended is forgotten this much later, so that its client hears of its end from the kernel.
 */
#define FORGET_USEC (500 * UINT64_C(1000))

static struct client_lease *client_lease_free(struct client_lease *held)
{
        if (!held)
                return NULL;

        leasing_free(held->leasing);
        leasing_end(held->lease);
        sd_bus_message_unref(held->call);
        client_end(&held->client);
        sd_event_source_disable_unref(held->end);
        free(held);
        return NULL;
}
DEFINE_CLEANUP(struct client_lease *, client_lease_free)

void client_lease_forget(struct client_lease *held)
{
        struct client_lease **at = &held->server->leases;

        while (*at != held)
                at = &(*at)->next;
        *at = held->next;
        client_lease_free(held);
}

void bus_drop_leases(struct server *server)
{
        while (server->leases)
                client_lease_forget(server->leases);
}

static void on_client_gone(void *userdata)
{
        client_lease_forget(userdata);
}

static int on_end(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source, (void) usec;

        client_lease_forget(userdata);
        return 0;
}

struct client_lease *client_lease_find(const struct server *server, uint64_t id)
{
        for (struct client_lease *held = server->leases; held; held = held->next)
                if (held->lease && lease_id(held->lease) == id)
                        return held;
        return NULL;
}

static int check_room(struct server *server, sd_bus_message *m, char **message)
{
        size_t own = 0;

        for (const struct client_lease *held = server->leases; held; held = held->next)
                own += client_is_sender(&held->client, m);
        return own < CLIENT_MAX ? 0
                                : fail(message, -EBUSY, "a client may have %d leases at a time", CLIENT_MAX);
}

static int answer(struct client_lease *held, struct lease *lease)
{
        int r;

        held->lease = lease;
        r = sd_event_add_time_relative(held->server->machine->event, &held->end, CLOCK_MONOTONIC,
                                       lease_usec(lease) + FORGET_USEC, 0, on_end, held);
        return r < 0 ? r : sd_bus_reply_method_return(held->call, "tt", lease_id(lease), lease_usec(lease));
}

static void on_leased(void *userdata, int error, const char *message, struct lease *lease)
{
        sd_bus_error reply = SD_BUS_ERROR_NULL;
        struct client_lease *held = userdata;
        int r = error;

        held->leasing = leasing_free(held->leasing);
        if (r >= 0)
                r = answer(held, lease);
        if (r >= 0)
                return;
        (void) request_fail(&reply, r, message);
        (void) sd_bus_reply_method_error(held->call, &reply);
        sd_bus_error_free(&reply);
        client_lease_forget(held); /* nobody would know of it */
}

int client_lease_new(struct server *server, sd_bus_message *m, uint64_t usec, char **message,
                     sd_bus_error *error)
{
        _cleanup_(client_lease_freep) struct client_lease *held = calloc(1, sizeof(*held));
        int r;

        if (!held)
                return -ENOMEM;
        held->server = server;
        held->call = sd_bus_message_ref(m);
        r = check_room(server, m, message);
        if (r >= 0)
                r = client_begin(&held->client, server, m, CALLER_HAS_LEASES, on_client_gone, held, error);
        caller_process(server, m, &held->pid, held->command);
        if (r >= 0)
                r = leasing_new(server->machine->event, server->machine->tree, usec, on_leased, held,
                                &held->leasing, message);
        if (r < 0)
                return r;
        held->next = server->leases;
        server->leases = TAKE_PTR(held);
        return 1;
}
