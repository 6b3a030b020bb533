/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/object/release.h"

#include "basic/message.h"
#include "daemon/bus/caller/audit.h"
#include "daemon/bus/caller/client_reservation.h"
#include "daemon/bus/caller/pending.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/fail.h"
#include "daemon/plan/reserve.h"

#include <errno.h>
#include <inttypes.h>

/* Gigabytes are given back to the page allocator a page at a time. */
#define RELEASE_USEC (60 * UINT64_C(1000000))

struct releasing {
        struct pending *pending; /* the owner */
        const struct tree *tree;
        struct reserver *reserver; /* that holds it, or of no reservation */
        struct helper *helper;
        uint64_t id; /* 0: the name counts */
        char name[RESERVATION_NAME_SIZE];
        bool held; /* by the reserver */
};

static void free_releasing(void *userdata)
{
        struct releasing *releasing = userdata;

        helper_free(releasing->helper);
        reserving_end(releasing->reserver);
        free(releasing);
}

static int no_such(const struct releasing *releasing, char **message)
{
        char number[24];

        (void) snprintf(number, sizeof(number), "%" PRIu64, releasing->id);
        return reserve_no_such(releasing->id > 0 ? number : releasing->name, message);
}

/* One that is not the reserver's: looked up, for what has no name ends with whose it is alone. */
static int find(const struct releasing *releasing, uint64_t *ret_id, char **message)
{
        _cleanup_(reservation_list_clear) struct reservation_list list = { 0 };
        const struct reservation *found;
        int r;

        r = reservation_list_read(releasing->tree, &list, message);
        if (r < 0)
                return r;
        found = reservation_find_key(&list, releasing->id, releasing->name);
        if (!found)
                return no_such(releasing, message);
        if (!found->name[0])
                return fail(message, -EPERM,
                            "not authorized: reservation %" PRIu64
                            " has no name: it ends with the process that it was made for, or by it",
                            found->id);
        *ret_id = found->id;
        return 0;
}

/* In the helper. */
static int release(void *userdata, struct packet *answer, char **message)
{
        const struct releasing *releasing = userdata;
        uint64_t id = releasing->id;
        int r = 0;

        if (!releasing->held)
                r = find(releasing, &id, message);
        if (r >= 0)
                r = reserver_release(releasing->reserver, id, message);
        if (r == -ENOENT) {
                free(*message);
                *message = NULL;
                r = no_such(releasing, message);
        }
        packet_put_u64(answer, id);
        return r;
}

static int append_nothing(sd_bus_message *reply, const void *what)
{
        (void) reply, (void) what;

        return 0;
}

static void on_released(void *userdata, const struct helper_result *result)
{
        struct releasing *releasing = userdata;
        _cleanup_(pending_freep) struct pending *pending = releasing->pending;
        struct client_reservation *held;

        if (result->error >= 0) {
                uint64_t id = packet_get_u64(result->answer);

                audit_release(pending->server, pending->call, id, releasing->name);
                held = client_reservation_find(pending->server, id);
                if (held)
                        client_reservation_forget(held);
        }
        pending_answer(pending, result->error, result->message, append_nothing, NULL);
}

/* Takes the reserver, unless it fails. */
static int start_release(struct server *server, sd_bus_message *m, const struct releasing *what,
                         sd_bus_error *error)
{
        _cleanup_(pending_freep) struct pending *pending = NULL;
        struct helper_task task = {
                .name = "memctld-release",
                .work = release,
                .keep_fds = { reserver_fd(what->reserver), what->tree->root_fd, -1 },
                .stall_usec = RELEASE_USEC,
        };
        struct releasing *releasing;
        int r;

        r = pending_new_as(server, m, CALLER_HAS_RELEASES, &pending, error);
        if (r < 0)
                return r;
        releasing = calloc(1, sizeof(*releasing));
        if (!releasing)
                return -ENOMEM;
        *releasing = *what;
        r = helper_new(server->machine->event, &task, releasing, on_released, releasing, &releasing->helper);
        if (r < 0) {
                free(releasing);
                return r;
        }
        releasing->pending = pending;
        return pending_wait(TAKE_PTR(pending), releasing, free_releasing); /* on_released() frees it */
}

int bus_release(struct server *server, sd_bus_message *m, const char *key, sd_bus_error *error)
{
        struct releasing releasing = { .tree = server->machine->tree };
        _cleanup_(reserver_freep) struct reserver *reserver = NULL;
        struct client_reservation *held = NULL;
        _cleanup_free_ char *message = NULL;
        int r;

        r = reserve_parse_key(key, &releasing.id, &message);
        if (r < 0)
                return request_fail(error, r, message);
        if (releasing.id > 0)
                held = client_reservation_find(server, releasing.id);
        else
                (void) snprintf(releasing.name, sizeof(releasing.name), "%s", key);
        releasing.held = held && held->reserver && client_is_sender(&held->client, m);
        if (releasing.held)
                releasing.reserver = held->reserver;
        else {
                r = reserver_new(server->machine->tree, &reserver, &message);
                if (r < 0)
                        return request_fail(error, r, message);
                releasing.reserver = reserver;
        }
        r = start_release(server, m, &releasing, error);
        if (r < 0)
                return sd_bus_error_is_set(error) ? r : request_fail(error, r, NULL);
        if (releasing.held) {
                held->reserver = NULL; /* the release's, and with it the reservation ends */
                client_reservation_forget(held);
        } else
                TAKE_PTR(reserver);
        return r;
}
