/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/server.h"

#include "basic/message.h"
#include "daemon/bus/changes.h"
#include "daemon/bus/pending.h"
#include "daemon/bus/told.h"
#include "daemon/core/lag.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

/* Between the end of the last job and the end of a stopping memctld. */
#define STOP_LINGER_USEC (500 * UINT64_C(1000))

int bus_attach_objects(struct server *server, const char *prefix, const char *interface,
                       const sd_bus_vtable *vtable, sd_bus_object_find_t find,
                       sd_bus_node_enumerator_t enumerate)
{
        int r;

        r = sd_bus_add_fallback_vtable(server->bus, NULL, prefix, interface, vtable, find, server);
        if (r < 0 || !enumerate)
                return r;
        return sd_bus_add_node_enumerator(server->bus, NULL, prefix, enumerate, server);
}

static int attach_all(struct server *server)
{
        static int (*const attach[])(struct server * server) = {
                bus_manager_attach, bus_block_attach, bus_dimm_attach,
                bus_node_attach,    bus_job_attach,   bus_provider_attach,
        };
        int r;

        for (size_t i = 0; i < ELEMENTSOF(attach); i++) {
                r = attach[i](server);
                if (r < 0)
                        return r;
        }
        return sd_bus_add_object_manager(server->bus, NULL, MEMCTL_BUS_PATH);
}

/* For the one who wonders what the loop is at; nothing is filtered. */
static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        const char *member = sd_bus_message_get_member(m), *path = sd_bus_message_get_path(m);

        (void) userdata, (void) error;

        lag_note(member ? member : "an answer on the bus", path);
        return 0;
}

static int on_disconnected(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        (void) m;
        (void) error;

        server_stop(userdata);
        return 0;
}

static int connect_private(struct server *server, int fd)
{
        sd_id128_t id;
        int r;

        server->private = true;
        r = sd_bus_new(&server->bus);
        if (r < 0)
                return r;
        r = sd_bus_set_description(server->bus, "private");
        if (r < 0)
                return r;
        r = sd_bus_set_fd(server->bus, fd, fd);
        if (r < 0)
                return r;
        r = sd_id128_randomize(&id);
        if (r < 0)
                return r;
        r = sd_bus_set_server(server->bus, true, id);
        if (r < 0)
                return r;
        /* Whoever holds the other end started us with his own rights; there is nothing more to ask. */
        r = sd_bus_set_trusted(server->bus, true);
        if (r < 0)
                return r;
        return sd_bus_start(server->bus);
}

static int connect_system(struct server *server)
{
        return sd_bus_open_system_with_description(&server->bus, "system");
}

static int server_connect(struct server *server, int fd)
{
        int r;

        r = fd >= 0 ? connect_private(server, fd) : connect_system(server);
        if (r < 0)
                return r;
        r = attach_all(server);
        if (r >= 0)
                r = sd_bus_add_filter(server->bus, NULL, on_message, server);
        if (r < 0)
                return r;
        r = sd_bus_match_signal(server->bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                                "org.freedesktop.DBus.Local", "Disconnected", on_disconnected, server);
        if (r < 0)
                return r;
        if (!server->private) {
                /* Only now, with all objects in place: who waits for the name may call at once. */
                r = sd_bus_request_name(server->bus, MEMCTL_BUS_NAME, 0);
                if (r < 0)
                        return r;
        }
        return sd_bus_attach_event(server->bus, server->machine->event, SD_EVENT_PRIORITY_NORMAL);
}

int server_new(struct machine *machine, int fd, struct server **ret, char **message)
{
        _cleanup_(server_freep) struct server *server = NULL;
        int r;

        server = calloc(1, sizeof(*server));
        if (!server)
                return -ENOMEM;

        server->machine = machine;
        r = told_new(server, &server->told);
        if (r >= 0)
                r = changes_new(server, &server->changes);
        if (r < 0)
                return r;
        r = registry_new(machine, bus_on_job_change, server, &server->registry);
        if (r < 0)
                return r;
        r = server_connect(server, fd);
        if (r < 0)
                return fail(message, r, "cannot %s: %s",
                            fd >= 0 ? "serve the private connection"
                                    : "get " MEMCTL_BUS_NAME " on the system bus",
                            strerror(-r));

        monitor_set_handler(machine->monitor, bus_on_model_change, server);
        *ret = TAKE_PTR(server);
        return 0;
}

struct server *server_free(struct server *server)
{
        if (!server)
                return NULL;

        monitor_set_handler(server->machine->monitor, NULL, NULL);
        bus_drop_leases(server);
        pending_free_all(server);
        registry_free(server->registry);
        told_free(server->told);
        changes_free(server->changes);
        provider_list_clear(&server->providers);
        sd_bus_flush_close_unref(server->bus);
        free(server);
        return NULL;
}

void server_stop(struct server *server)
{
        server->stopping = true;
        bus_drop_leases(server);
        registry_cancel_all(server->registry);
        if (registry_count_running(server->registry) == 0)
                (void) sd_event_exit(server->machine->event, 0);
}

static int on_stop(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct server *server = userdata;

        (void) source;
        (void) usec;

        return sd_event_exit(server->machine->event, 0);
}

void server_stop_soon(struct server *server)
{
        if (server->private || sd_event_add_time_relative(server->machine->event, NULL, CLOCK_MONOTONIC,
                                                          STOP_LINGER_USEC, 0, on_stop, server) < 0)
                (void) sd_event_exit(server->machine->event, 0);
}
