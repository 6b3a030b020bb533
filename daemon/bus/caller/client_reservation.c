/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/caller/client_reservation.h"

#include "basic/message.h"
#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/caller.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"

#include <errno.h>
#include <string.h>

/* Where it is not known who asked memctld, memctl.ko tells of a process of memctld's own, which is gone. */
#define HELPER_NAME "memctld-reserve"

static struct client_reservation *client_reservation_free(struct client_reservation *held)
{
        if (!held)
                return NULL;

        reserving_free(held->reserving);
        reserving_end(held->reserver);
        sd_bus_message_unref(held->call);
        client_end(&held->client);
        free(held);
        return NULL;
}
DEFINE_CLEANUP(struct client_reservation *, client_reservation_free)

void client_reservation_forget(struct client_reservation *held)
{
        struct client_reservation **at = &held->server->reservations;

        while (*at != held)
                at = &(*at)->next;
        *at = held->next;
        client_reservation_free(held);
}

void bus_drop_reservations(struct server *server)
{
        while (server->reservations)
                client_reservation_forget(server->reservations);
}

static void on_client_gone(void *userdata)
{
        client_reservation_forget(userdata);
}

struct client_reservation *client_reservation_find(const struct server *server, uint64_t id)
{
        for (struct client_reservation *held = server->reservations; held; held = held->next)
                if (held->what.id == id)
                        return held;
        return NULL;
}

struct client_reservation *client_reservation_find_name(const struct server *server, const char *name)
{
        for (struct client_reservation *held = server->reservations; name[0] && held; held = held->next)
                if (strcmp(held->what.name, name) == 0)
                        return held;
        return NULL;
}

void client_reservations_prune(struct server *server, const struct reservation_list *list,
                               uint64_t asked_usec)
{
        struct client_reservation *next;

        for (struct client_reservation *held = server->reservations; held; held = next) {
                next = held->next;
                if (held->what.id > 0 && !held->reserver && held->made_usec < asked_usec &&
                    !reservation_find(list, held->what.id))
                        client_reservation_forget(held);
        }
}

static uint64_t bytes(uint64_t pages)
{
        return pages * (uint64_t) sysconf(_SC_PAGESIZE);
}

static int append_owner(sd_bus_message *m, const struct reservation *what)
{
        if (strcmp(what->command, HELPER_NAME) == 0)
                return 0;
        return sd_bus_message_append(m, "{sv}{sv}", "pid", "u", what->pid, "command", "s", what->command);
}

int client_reservation_append(sd_bus_message *m, const struct reservation *what, bool full)
{
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "id", "t", what->id, "size", "t",
                                  bytes(what->pages), "align", "t", bytes(what->align), "node", "i",
                                  (int) what->node, "zone", "s", what->zone, "held_usec", "t",
                                  what->held_nsecs / 1000, "moved", "t", what->moved);
        if (r >= 0 && what->name[0])
                r = sd_bus_message_append(m, "{sv}", "name", "s", what->name);
        if (r >= 0 && what->area[0])
                r = sd_bus_message_append(m, "{sv}", "area", "s", what->area);
        if (r >= 0 && full)
                r = sd_bus_message_append(m, "{sv}", "start", "t", bytes(what->start_pfn));
        return r < 0 || !full ? r : append_owner(m, what);
}

static int reply(struct client_reservation *held, const struct reservation_step *made)
{
        uint64_t usec = machine_now(held->server->machine) - held->begun_usec;
        sd_bus_message *m = NULL;
        int r;

        r = sd_bus_message_new_method_return(held->call, &m);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = client_reservation_append(m, &made->made, true);
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}", "failed", "t", made->failed, "usec", "t", usec);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        if (r >= 0)
                r = sd_bus_send(NULL, m, NULL);
        sd_bus_message_unref(m);
        return r;
}

/* "Busy" is for who may have it later; the kernel, which says so, means that something does not move. */
static int class_of(int error, const char *message)
{
        return error == -EEXIST ? -EBUSY : error == -EBUSY && message ? -EIO : error;
}

static void on_reserved(void *userdata, int error, const char *message, const struct reservation_step *made,
                        struct reserver *reserver)
{
        struct client_reservation *held = userdata;
        sd_bus_error refusal = SD_BUS_ERROR_NULL;
        int r = error;

        held->reserving = reserving_free(held->reserving);
        held->reserver = reserver;
        if (r >= 0) {
                held->what = made->made;
                held->made_usec = machine_now(held->server->machine);
                audit_reserve(held->server, held->call, &held->what); /* who has his answer may be gone */
                r = reply(held, made);
        }
        if (r < 0) { /* nobody would know of it */
                (void) request_fail(&refusal, class_of(r, message), message ? message : strerror(-r));
                (void) sd_bus_reply_method_error(held->call, &refusal);
                sd_bus_error_free(&refusal);
                client_reservation_forget(held);
                return;
        }
        held->call = sd_bus_message_unref(held->call);
        if (!held->what.name[0])
                return;
        /* from here on it is the module's, and does not mind what becomes of its client */
        held->reserver = NULL;
        reserving_end(reserver);
        client_let_go(&held->client);
}

int client_reservation_new(struct server *server, sd_bus_message *m, const struct reserver_wish *wish,
                           char **message, sd_bus_error *error)
{
        _cleanup_(client_reservation_freep) struct client_reservation *held = calloc(1, sizeof(*held));
        struct reserver_wish for_client = *wish;
        const struct client_reservation *other = client_reservation_find_name(server, wish->name);
        int r;

        if (!held)
                return -ENOMEM;
        held->server = server;
        if (other && !other->what.id)
                return fail(message, -EBUSY, "%s: somebody is reserving memory by that name just now",
                            wish->name);
        held->call = sd_bus_message_ref(m);
        held->begun_usec = machine_now(server->machine);
        (void) snprintf(held->what.name, sizeof(held->what.name), "%s", wish->name);
        r = client_begin(&held->client, server, m, CALLER_HAS_RESERVATIONS, on_client_gone, held, error);
        caller_process(server, m, &for_client.pid, for_client.command);
        if (r >= 0)
                r = reserving_new(server->reserving, &for_client, on_reserved, held, &held->reserving,
                                  message);
        if (r < 0)
                return r;
        held->next = server->reservations;
        server->reservations = TAKE_PTR(held);
        return 1;
}
