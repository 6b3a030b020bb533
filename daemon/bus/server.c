/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/server.h"

#include "basic/message.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/caller.h"
#include "daemon/bus/caller/client_lease.h"
#include "daemon/bus/caller/client_reservation.h"
#include "daemon/bus/caller/job_owner.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/signals.h"
#include "daemon/bus/stop.h"
#include "daemon/bus/tell/changes.h"
#include "daemon/bus/tell/told.h"
#include "daemon/core/lag.h"
#include "daemon/module/cma_told.h"
#include "memctl/bus.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int attach_all(struct server *server)
{
        static int (*const attach[])(struct server * server) = {
                bus_manager_attach, bus_block_attach, bus_dimm_attach,
                bus_node_attach,    bus_job_attach,   bus_provider_attach,
                bus_cma_attach,     bus_reservation_attach,
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

/*
 * Who started a private memctld is gone, and its jobs end with him. The system bus is nobody's: jobs go on
 * without it, and when they are over systemd starts another memctld, which connects anew.
 */
static int on_disconnected(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;

        (void) m;
        (void) error;

        if (server->private) {
                server_stop(server);
                return 0;
        }
        (void) fprintf(stderr, "memctld: the connection to the system bus is gone; %zu jobs go on\n",
                       registry_count_running(server->registry));
        server->lost = true;
        server_end_if_lost(server);
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

/* What running jobs take away, nobody is to be given. */
static int claimed_by_jobs(void *userdata, struct pfn_range **ret, size_t *ret_n)
{
        const struct server *server = userdata;

        return registry_list_claims(server->registry, CLAIM_EXCLUSIVE, ret, ret_n);
}

int server_new(struct machine *machine, int fd, struct server **ret, char **message)
{
        _cleanup_(server_freep) struct server *server = NULL;
        int r;

        server = calloc(1, sizeof(*server));
        if (!server)
                return -ENOMEM;

        server->machine = machine;
        server->quota.limits = caller_limits;
        r = told_new(server, &server->told);
        if (r >= 0)
                r = changes_new(server, &server->changes);
        if (r < 0)
                return r;
        r = registry_new(machine, bus_on_job_change, server, &server->registry);
        if (r >= 0)
                r = reserving_queue_new(machine->event, machine->tree, claimed_by_jobs, server,
                                        &server->reserving);
        if (r >= 0)
                r = policy_new(machine, server->registry, fd < 0 && machine->tree->live, &server->policy);
        if (r >= 0)
                r = onlining_new(machine, server->registry, fd < 0 && machine->tree->live,
                                 &server->onlining);
        if (r < 0)
                return r;
        r = server_connect(server, fd);
        if (r < 0)
                return fail(message, r, "cannot %s: %s",
                            fd >= 0 ? "serve the private connection"
                                    : "get " MEMCTL_BUS_NAME " on the system bus",
                            strerror(-r));

        monitor_set_handler(machine->monitor, bus_on_model_change, server);
        if (!server->private) {
                r = cma_told_new(machine->event, machine->tree, bus_on_cma_failed, server, &server->cma);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(server);
        return 0;
}

struct server *server_free(struct server *server)
{
        if (!server)
                return NULL;

        monitor_set_handler(server->machine->monitor, NULL, NULL);
        auth_forget_all(server);
        bus_drop_leases(server);
        bus_drop_reservations(server);
        reserving_queue_free(server->reserving);
        pending_free_all(server);
        sd_event_source_disable_unref(server->stop_tick);
        policy_free(server->policy);
        server->onlining = onlining_free(server->onlining);
        registry_free(server->registry);
        job_owner_forget_all(server);
        cma_told_free(server->cma);
        told_free(server->told);
        changes_free(server->changes);
        provider_list_clear(&server->providers);
        cma_clear(&server->cma_areas);
        reservation_list_clear(&server->reserved);
        sd_bus_flush_close_unref(server->bus);
        free(server);
        return NULL;
}
