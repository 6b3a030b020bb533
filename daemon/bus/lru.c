/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetLruCache, HoldLruCache and ReleaseLruCache. A client's lease is held by memctld, and ends with
 * the client's connection to the bus: however a process ends, that ends with it.
 */
#include "daemon/model/lru.h"
#include "daemon/bus/auth.h"
#include "daemon/bus/request.h"
#include "daemon/bus/server.h"
#include "daemon/job/lease.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* One client, all clients: less than memctl.ko has, so that there is always one for a job. */
#define CLIENT_MAX  4
#define CLIENTS_MAX (MEMCTL_LEASES_MAX / 2)

/* A lease that has ended is forgotten this much later, so that its client hears of its end from the kernel.
 */
#define FORGET_USEC (500 * UINT64_C(1000))

struct client_lease {
        struct client_lease *next;
        struct server *server;
        struct lease *lease;
        sd_bus_track *track; /* of its client; NULL on the private connection, whose end is memctld's */
        char *sender;        /* likewise */
        sd_event_source *end;
        uint32_t pid; /* 0: not known */
        char command[LRU_COMMAND_MAX];
};

static struct client_lease *client_lease_free(struct client_lease *held)
{
        if (!held)
                return NULL;

        lease_free(held->lease);
        sd_bus_track_unref(held->track);
        sd_event_source_disable_unref(held->end);
        free(held->sender);
        free(held);
        return NULL;
}
DEFINE_CLEANUP(struct client_lease *, client_lease_free)

static void forget(struct client_lease *held)
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
                forget(server->leases);
}

static int on_client_gone(sd_bus_track *track, void *userdata)
{
        (void) track;

        forget(userdata);
        return 0;
}

static int on_end(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source, (void) usec;

        forget(userdata);
        return 0;
}

static bool is_from(sd_bus_message *m, const struct client_lease *held)
{
        const char *sender = sd_bus_message_get_sender(m);

        return held->server->private || (sender && strcmp(sender, held->sender) == 0);
}

static struct client_lease *find_lease(const struct server *server, uint64_t id)
{
        for (struct client_lease *held = server->leases; held; held = held->next)
                if (lease_id(held->lease) == id)
                        return held;
        return NULL;
}

static int append_lease(struct server *server, sd_bus_message *m, const struct lru_lease *lease)
{
        const struct client_lease *held = find_lease(server, lease->id);
        uint32_t pid = lease->pid;
        const char *command = lease->command;

        /* the kernel knows memctld only */
        if (held && held->pid > 0) {
                pid = held->pid;
                command = held->command;
        }
        return sd_bus_message_append(m, "a{sv}", 5, "id", "t", lease->id, "pid", "u", pid, "command", "s",
                                     command, "held_usec", "t", lease->held_nsecs / 1000, "left_usec", "t",
                                     lease->left_nsecs / 1000);
}

static int append_leases(struct server *server, sd_bus_message *m, const struct lru_cache *cache)
{
        int r;

        r = sd_bus_message_open_container(m, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", "leases");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'v', "aa{sv}");
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "a{sv}");
        for (size_t i = 0; r >= 0 && i < cache->n_leases; i++)
                r = append_lease(server, m, &cache->leases[i]);
        for (int depth = 0; r >= 0 && depth < 3; depth++)
                r = sd_bus_message_close_container(m);
        return r;
}

static int append_cache(struct server *server, sd_bus_message *m, const struct lru_cache *cache)
{
        int r;

        r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}", "supported", "b", cache->supported);
        if (r >= 0)
                r = cache->supported ? sd_bus_message_append(m, "{sv}", "disabled", "b", cache->disabled > 0)
                                     : sd_bus_message_append(m, "{sv}", "reason", "s", cache->reason);
        if (r >= 0 && cache->loaded)
                r = sd_bus_message_append(m, "{sv}", "longest_usec", "t",
                                          cache->longest_seconds * USEC_PER_SEC);
        if (r >= 0)
                r = append_leases(server, m, cache);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        sd_bus_message *reply = NULL;
        struct lru_cache cache;
        int r;

        r = lru_cache_read(server->machine->tree, &cache, &message);
        if (r < 0)
                return request_fail(error, r, message);
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = append_cache(server, reply, &cache);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

/* Whether there can be such a lease, said before anything is done. */
static int check_time(struct server *server, uint64_t usec, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        struct lru_cache cache;
        int r;

        r = lru_cache_read(server->machine->tree, &cache, &message);
        if (r < 0)
                return request_fail(error, r, message);
        if (!cache.supported)
                return sd_bus_error_setf(error, MEMCTL_ERROR_NOT_SUPPORTED,
                                         "the LRU caches cannot be held off: %s", cache.reason);
        if (usec > cache.longest_seconds * USEC_PER_SEC)
                return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                         "a lease of %" PRIu64 ".%06" PRIu64 " s: accepted is 1 to %" PRIu32
                                         " s, in microseconds",
                                         usec / USEC_PER_SEC, usec % USEC_PER_SEC, cache.longest_seconds);
        return 0;
}

static int check_room(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        size_t all = 0, own = 0;

        for (const struct client_lease *held = server->leases; held; held = held->next) {
                all++;
                own += is_from(m, held);
        }
        if (own >= CLIENT_MAX)
                return sd_bus_error_setf(error, MEMCTL_ERROR_BUSY, "a client may have %d leases at a time",
                                         CLIENT_MAX);
        if (all >= CLIENTS_MAX)
                return sd_bus_error_setf(error, MEMCTL_ERROR_BUSY,
                                         "all clients together may have %d leases at a time", CLIENTS_MAX);
        return 0;
}

static void note_client(struct client_lease *held, sd_bus_message *m)
{
        sd_bus_creds *creds = NULL;
        const char *command;
        pid_t pid;

        if (sd_bus_query_sender_creds(m, SD_BUS_CREDS_PID | SD_BUS_CREDS_COMM | SD_BUS_CREDS_AUGMENT,
                                      &creds) < 0)
                return;
        if (sd_bus_creds_get_pid(creds, &pid) >= 0 && pid > 0)
                held->pid = (uint32_t) pid;
        if (sd_bus_creds_get_comm(creds, &command) >= 0)
                lru_copy_command(held->command, command);
        sd_bus_creds_unref(creds);
}

/* Before the lease is taken: a client that is gone already must not get one. */
static int follow_client(struct client_lease *held, sd_bus_message *m)
{
        int r;

        note_client(held, m);
        if (held->server->private)
                return 0;
        held->sender = strdup(sd_bus_message_get_sender(m));
        if (!held->sender)
                return -ENOMEM;
        r = sd_bus_track_new(held->server->bus, &held->track, on_client_gone, held);
        return r < 0 ? r : sd_bus_track_add_sender(held->track, m);
}

static int new_lease(struct server *server, sd_bus_message *m, uint64_t usec, struct client_lease **ret,
                     char **message)
{
        _cleanup_(client_lease_freep) struct client_lease *held = calloc(1, sizeof(*held));
        int r;

        if (!held)
                return -ENOMEM;
        held->server = server;
        r = follow_client(held, m);
        if (r >= 0)
                r = lease_take(server->machine->tree, usec, &held->lease, message);
        if (r >= 0)
                r = sd_event_add_time_relative(server->machine->event, &held->end, CLOCK_MONOTONIC,
                                               lease_usec(held->lease) + FORGET_USEC, 0, on_end, held);
        if (r < 0)
                return r;
        held->next = server->leases;
        server->leases = held;
        *ret = TAKE_PTR(held);
        return 0;
}

static int do_hold(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        struct job_request options = { 0 };
        struct client_lease *held;
        int r;

        r = request_read_options(m, OPTIONS_LEASE, &options, error);
        if (r < 0)
                return r;
        if (server->stopping)
                return request_fail(error, -EBUSY, "memctld is stopping");
        r = check_time(server, options.timeout_usec, error);
        if (r >= 0)
                r = check_room(server, m, error);
        if (r < 0)
                return r;
        r = new_lease(server, m, options.timeout_usec, &held, &message);
        if (r < 0)
                return request_fail(error, r, message);
        r = sd_bus_reply_method_return(m, "tt", lease_id(held->lease), lease_usec(held->lease));
        if (r < 0)
                forget(held); /* nobody would know of it */
        return r;
}

static int do_release(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        struct client_lease *held;
        uint64_t id;
        int r;

        r = sd_bus_message_read(m, "t", &id);
        if (r < 0)
                return r;
        held = find_lease(server, id);
        if (!held)
                return sd_bus_reply_method_return(m, "b", 0);
        if (!is_from(m, held))
                return sd_bus_error_setf(
                        error, MEMCTL_ERROR_NOT_AUTHORIZED,
                        "not authorized: lease %" PRIu64 " is another's, and ends by it or with it", id);
        r = lease_release(held->lease, &message);
        forget(held);
        return r < 0 ? request_fail(error, r, message) : sd_bus_reply_method_return(m, "b", r > 0);
}

int bus_get_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, MEMCTL_ACTION_INSPECT, do_get, error);
}

int bus_hold_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, MEMCTL_ACTION_CONFIGURE, do_hold, error);
}

int bus_release_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, MEMCTL_ACTION_CONFIGURE, do_release, error);
}
