/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/stop.h"

#include "daemon/bus/caller/client_lease.h"
#include "daemon/bus/caller/client_reservation.h"
#include "daemon/bus/context/context.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* Between the end of the last job and the end of a stopping memctld. */
#define STOP_LINGER_USEC (500 * UINT64_C(1000))

/* A stopping memctld waits that long for a job that gets on with no block. It is more than any one block
 * takes. */
#define STOP_WAIT_USEC (80 * UINT64_C(1000000))

/* What happened to blocks, so far. */
static size_t count_records(const struct server *server)
{
        size_t n = 0;

        for (size_t i = 0; i < registry_count(server->registry); i++)
                n += registry_get(server->registry, i)->n_records;
        return n;
}

/* Their journals stay, and the next memctld goes on from there. */
static void say_left(const struct server *server)
{
        for (size_t i = 0; i < registry_count(server->registry); i++) {
                const struct job *job = registry_get(server->registry, i);

                if (job->state != JOB_FINISHED)
                        (void) fprintf(
                                stderr,
                                "memctld: job %" PRIu32
                                " (%s %s) is left to the next memctld: of %zu blocks, %zu are not back\n",
                                job->id, job->name, job->target, job->progress.blocks_total,
                                job->progress.blocks_done);
        }
}

static int on_stop_late(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct server *server = userdata;
        size_t records = count_records(server);

        (void) source, (void) usec;

        server->stop_tick = sd_event_source_disable_unref(server->stop_tick);
        if (records > server->stop_records) {
                server->stop_records = records;
                return machine_after(server->machine, STOP_WAIT_USEC, on_stop_late, server,
                                     &server->stop_tick);
        }
        say_left(server);
        return sd_event_exit(server->machine->event, 0);
}

void server_stop(struct server *server)
{
        bool again = server->stopping;

        server->stopping = true;
        if (server->onlining)
                onlining_stop(server->onlining);
        bus_drop_leases(server);
        bus_drop_reservations(server);
        registry_cancel_all(server->registry);
        server->stop_records = count_records(server);
        if (registry_count_running(server->registry) == 0 ||
            (!again &&
             machine_after(server->machine, STOP_WAIT_USEC, on_stop_late, server, &server->stop_tick) < 0))
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

void server_end_if_lost(struct server *server)
{
        if (server->lost && registry_count_running(server->registry) == 0)
                (void) sd_event_exit(server->machine->event, server->stopping ? 0 : -ENOTCONN);
}
