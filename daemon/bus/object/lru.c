/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.GetLruCache, HoldLruCache and ReleaseLruCache.
 */
#include "daemon/bus/object/lru.h"

#include "basic/message.h"
#include "daemon/bus/answer/reading.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/client_lease.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/options.h"
#include "daemon/bus/value/strings.h"
#include "daemon/module/lru.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* A release waits for another's taking at most. */
#define RELEASE_USEC (10 * USEC_PER_SEC)

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

static int append_cache(struct server *server, sd_bus_message *call, sd_bus_message *m,
                        const struct reading_answer *answer, bool full)
{
        const struct lru_cache *cache = &answer->lru_cache;
        const struct leases leases = { .server = server, .cache = cache, .full = full };
        int r;

        (void) call;

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

static int do_get(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        static const struct reading_reply reply = { .append = append_cache };

        return bus_answer_reading_told(server, m, READING_LRU_CACHE, NULL, &reply, full, error);
}

/* Whether there can be such a lease, said before anything is done. */
static int check_time(struct server *server, uint64_t usec, const struct lru_cache *cache, char **message)
{
        if (server->stopping)
                return fail(message, -EBUSY, "memctld is stopping");
        if (!cache->supported)
                return fail(message, -EOPNOTSUPP, "the LRU caches cannot be held off: %s", cache->reason);
        if (usec > cache->longest_seconds * USEC_PER_SEC)
                return fail(message, -EINVAL,
                            "a lease of %" PRIu64 ".%06" PRIu64 " s: accepted is 1 to %" PRIu32
                            " s, in microseconds",
                            usec / USEC_PER_SEC, usec % USEC_PER_SEC, cache->longest_seconds);
        return 0;
}

/* One after the other: what may be had, and the lease. */
struct holding {
        struct pending *pending; /* the owner */
        struct reading *reading;
        uint64_t usec;
};

static void free_holding(void *userdata)
{
        struct holding *holding = userdata;

        reading_free(holding->reading);
        free(holding);
}

static void on_read(void *userdata, int error, const char *why, struct reading_answer *answer)
{
        struct holding *holding = userdata;
        _cleanup_(pending_freep) struct pending *pending = holding->pending;
        _cleanup_free_ char *message = NULL;
        sd_bus_error refusal = SD_BUS_ERROR_NULL;
        int r = error;

        if (r >= 0)
                r = check_time(pending->server, holding->usec, &answer->lru_cache, &message);
        if (r >= 0)
                r = client_lease_new(pending->server, pending->call, holding->usec, &message, &refusal);
        if (sd_bus_error_is_set(&refusal)) {
                r = -EBUSY;
                why = refusal.message;
        }
        if (r < 0)
                pending_answer(pending, r, message ? message : why, NULL, NULL);
        sd_bus_error_free(&refusal);
}

static int do_hold(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct operation_request options = { 0 };
        struct holding *holding;
        int r;

        r = request_read_options(m, OPTIONS_LEASE, &options, error);
        if (r >= 0)
                r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        holding = calloc(1, sizeof(*holding));
        if (!holding)
                return -ENOMEM;
        holding->usec = options.timeout_usec;
        r = reading_new(server->machine, READING_LRU_CACHE, on_read, holding, &holding->reading);
        if (r < 0) {
                free_holding(holding);
                return r;
        }
        holding->pending = pending;
        return pending_wait(TAKE_PTR(pending), holding, free_holding); /* on_read() frees it */
}

/* A lease that its client has no more: the question whether it lasted until now, and its end. */
struct releasing {
        struct pending *pending; /* the owner */
        struct server *server;
        struct lease *lease;
        struct helper *helper;
        bool held;
};

static void free_releasing(void *userdata)
{
        struct releasing *releasing = userdata;

        helper_free(releasing->helper);
        leasing_end(releasing->lease);
        free(releasing);
}

static int release(void *userdata, struct packet *answer, char **message)
{
        struct releasing *releasing = userdata;
        int r = lease_release(releasing->lease, message);

        packet_put_u64(answer, r > 0);
        return r < 0 ? r : 0;
}

static int append_held(sd_bus_message *reply, const void *what)
{
        const struct releasing *releasing = what;

        return sd_bus_message_append(reply, "b", releasing->held);
}

static void on_released(void *userdata, const struct helper_result *result)
{
        struct releasing *releasing = userdata;
        _cleanup_(pending_freep) struct pending *pending = releasing->pending;

        releasing->held = result->error >= 0 && packet_get_u64(result->answer) > 0;
        pending_answer(pending, result->error, result->message, append_held, releasing);
}

/* Takes the lease. */
static int start_release(struct server *server, sd_bus_message *m, struct client_lease *held,
                         sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct helper_task task = {
                .name = "memctld-lease", .work = release, .keep_fds = { lease_fd(held->lease), -1, -1 },
                .stall_usec = RELEASE_USEC,
        };
        struct releasing *releasing;
        int r;

        r = pending_new(server, m, &pending, error);
        if (r < 0)
                return r;
        releasing = calloc(1, sizeof(*releasing));
        if (!releasing)
                return -ENOMEM;
        releasing->server = server;
        releasing->lease = TAKE_PTR(held->lease);
        r = helper_new(server->machine->event, &task, releasing, on_released, releasing, &releasing->helper);
        if (r < 0) {
                free_releasing(releasing);
                return r;
        }
        releasing->pending = pending;
        return pending_wait(TAKE_PTR(pending), releasing, free_releasing); /* on_released() frees it */
}

static int do_release(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        struct client_lease *held;
        uint64_t id;
        int r;

        r = sd_bus_message_read(m, "t", &id);
        if (r < 0)
                return r;
        held = client_lease_find(server, id);
        if (!held)
                return sd_bus_reply_method_return(m, "b", 0);
        if (!client_is_sender(&held->client, m))
                return sd_bus_error_setf(
                        error, MEMCTL_ERROR_NOT_AUTHORIZED,
                        "not authorized: lease %" PRIu64 " is another's, and ends by it or with it", id);
        r = start_release(server, m, held, error);
        if (!held->lease) /* else nothing was begun, and it may be tried again */
                client_lease_forget(held);
        return r;
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
