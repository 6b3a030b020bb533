/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetLruCache, HoldLruCache and ReleaseLruCache.
 */
#include "daemon/bus/auth.h"
#include "daemon/bus/client_lease.h"
#include "daemon/bus/reading.h"
#include "daemon/bus/request.h"
#include "daemon/bus/server.h"
#include "daemon/module/lru.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* The leases, and who of our clients has which. */
struct leases {
        struct server *server;
        const struct lru_cache *cache;
        bool full; /* processes are named */
};

static int append_lease(sd_bus_message *m, const void *list, size_t index)
{
        const struct leases *leases = list;
        const struct lru_lease *lease = &leases->cache->leases[index];
        const struct client_lease *held = client_lease_find(leases->server, lease->id);
        uint32_t pid = lease->pid;
        const char *command = lease->command;
        int r;

        /* the kernel knows memctld only */
        if (held && held->pid > 0) {
                pid = held->pid;
                command = held->command;
        }
        r = sd_bus_message_append(m, "{sv}{sv}{sv}", "id", "t", lease->id, "held_usec", "t",
                                  lease->held_nsecs / 1000, "left_usec", "t", lease->left_nsecs / 1000);
        if (r < 0 || pid == 0 || !leases->full)
                return r;
        return sd_bus_message_append(m, "{sv}{sv}", "pid", "u", pid, "command", "s", command);
}

static int append_cache(struct server *server, sd_bus_message *m, const struct lru_cache *cache, bool full)
{
        const struct leases leases = { .server = server, .cache = cache, .full = full };
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
                r = bus_append_dictionaries_entry(m, "leases", append_lease, &leases, cache->n_leases);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_public(struct server *server, sd_bus_message *call, sd_bus_message *m,
                         const struct reading_answer *answer)
{
        (void) call;

        return append_cache(server, m, &answer->lru_cache, false);
}

static int append_all(struct server *server, sd_bus_message *call, sd_bus_message *m,
                      const struct reading_answer *answer)
{
        (void) call;

        return append_cache(server, m, &answer->lru_cache, true);
}

static int do_get(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        static const struct reading_reply public = { .append = append_public }, all = { .append = append_all };

        return bus_answer_reading(server, m, READING_LRU_CACHE, full ? &all : &public, error);
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

static int do_hold(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL;
        struct operation_request options = { 0 };
        struct client_lease *held;
        int r;

        r = request_read_options(m, OPTIONS_LEASE, &options, error);
        if (r < 0)
                return r;
        if (server->stopping)
                return request_fail(error, -EBUSY, "memctld is stopping");
        r = check_time(server, options.timeout_usec, error);
        if (r < 0)
                return r;
        r = client_lease_new(server, m, options.timeout_usec, &held, &message, error);
        if (r < 0)
                return sd_bus_error_is_set(error) ? r : request_fail(error, r, message);
        r = sd_bus_reply_method_return(m, "tt", lease_id(held->lease), lease_usec(held->lease));
        if (r < 0)
                client_lease_forget(held); /* nobody would know of it */
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
        held = client_lease_find(server, id);
        if (!held)
                return sd_bus_reply_method_return(m, "b", 0);
        if (!client_lease_is_from(m, held))
                return sd_bus_error_setf(
                        error, MEMCTL_ERROR_NOT_AUTHORIZED,
                        "not authorized: lease %" PRIu64 " is another's, and ends by it or with it", id);
        r = lease_release(held->lease, &message);
        client_lease_forget(held);
        return r < 0 ? request_fail(error, r, message) : sd_bus_reply_method_return(m, "b", r > 0);
}

int bus_get_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_get, error);
}

int bus_hold_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_hold, error);
}

int bus_release_lru_cache(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_release, error);
}
