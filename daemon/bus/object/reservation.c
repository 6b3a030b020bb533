/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.Reservation on /org/memctl1/reservation/ID, and what the Manager does about reservations.
 * memctl.ko has them, and tells nobody when one ends: as with providers they are not in the ObjectManager,
 * and those have an object that were there at the last ListReservations, GetReservation or Get. Properties
 * would be for everybody, and what is reserved is for those who may inspect: there is but a method.
 */
#include "daemon/bus/object/reservation.h"

#include "basic/message.h"
#include "daemon/bus/answer/reading.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/caller/client_reservation.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/attach.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/object/release.h"
#include "daemon/bus/value/fail.h"
#include "daemon/bus/value/paths.h"
#include "daemon/bus/value/reserve_options.h"
#include "daemon/bus/value/strings.h"
#include "daemon/plan/reserve.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int do_reserve(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        struct reserve_request request = { .node = NODE_NONE };
        const struct tree *tree = server->machine->tree;
        _cleanup_free_ char *message = NULL;
        struct reserver_wish wish;
        int r;

        r = sd_bus_message_read(m, "t", &request.size);
        if (r >= 0)
                r = reserve_read_options(m, &request, error);
        if (r < 0)
                return r;
        if (server->stopping)
                return request_fail(error, -EBUSY, "memctld is stopping");
        r = reserve_judge(server_snapshot(server),
                          tree->page_size > 0 ? tree->page_size : (uint64_t) sysconf(_SC_PAGESIZE), &request,
                          &wish, &message);
        if (r >= 0)
                r = client_reservation_new(server, m, &wish, &message, error);
        return r >= 0 || sd_bus_error_is_set(error) ? r : request_fail(error, r, message);
}

/* The last look is kept, for the objects there are. */
static void take(struct server *server, struct reading_answer *answer)
{
        client_reservations_prune(server, &answer->reservations, answer->begun_usec);
        reservation_list_clear(&server->reserved);
        server->reserved = answer->reservations;
        answer->reservations = (struct reservation_list){ 0 };
}

static int take_all(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                    char **message)
{
        (void) call, (void) message;

        take(server, answer);
        return 0;
}

struct listed {
        struct server *server;
        bool full;
};

static int append_reservation(sd_bus_message *m, const void *list, size_t index)
{
        const struct listed *listed = list;
        struct server *server = listed->server;

        return client_reservation_append(m, &server->reserved.items[index], listed->full);
}

static int append_all(struct server *server, sd_bus_message *call, sd_bus_message *m,
                      const struct reading_answer *answer, bool full)
{
        const struct listed listed = { .server = server, .full = full };

        (void) call, (void) answer;

        return bus_append_dictionaries(m, append_reservation, &listed, server->reserved.n);
}

static int do_list(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = take_all, .append = append_all };

        return bus_answer_reading_told(server, m, READING_RESERVATIONS, NULL, &reply, full, error);
}

/* Of a call of GetReservation. NULL: its argument is no key, or nothing has it. */
static const struct reservation *of_key(struct server *server, sd_bus_message *call, const char **ret_key)
{
        _cleanup_free_ char *message = NULL;
        uint64_t id;

        if (bus_read_name(call, ret_key) < 0 || reserve_parse_key(*ret_key, &id, &message) < 0)
                return NULL;
        return reservation_find_key(&server->reserved, id, *ret_key);
}

static int check_key(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                     char **message)
{
        const char *key;

        take(server, answer);
        return of_key(server, call, &key) ? 0 : reserve_no_such(key, message);
}

static int append_path(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                       const struct reading_answer *answer, bool full)
{
        _cleanup_free_ char *path = NULL;
        const char *key;

        (void) answer, (void) full;

        path = bus_reservation_path(of_key(server, call, &key)->id);
        return path ? sd_bus_message_append(reply, "o", path) : -ENOMEM;
}

static int do_get(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = check_key, .append = append_path };
        _cleanup_free_ char *message = NULL;
        const char *key;
        uint64_t id;
        int r;

        r = bus_read_name(m, &key);
        if (r < 0)
                return r;
        r = reserve_parse_key(key, &id, &message);
        return r < 0 ? request_fail(error, r, message)
                     : bus_answer_reading(server, m, READING_RESERVATIONS, &reply, error);
}

static int do_release(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        const char *key;
        int r;

        r = sd_bus_message_read(m, "s", &key);
        return r < 0 ? r : bus_release(server, m, key, error);
}

int bus_reserve(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_reserve, error);
}

int bus_list_reservations(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_list, error);
}

int bus_get_reservation(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_get, error);
}

int bus_release_reservation(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_release, error);
}

/* The object's number; 0: it is none's. */
static uint64_t id_of_path(const char *path)
{
        uint64_t id;

        return bus_path_id(path, MEMCTL_PATH_RESERVATION, &id) ? id : 0;
}

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        struct server *server = userdata;

        (void) bus, (void) interface, (void) error;

        if (!reservation_find(&server->reserved, id_of_path(path)))
                return 0;
        *found = server;
        return 1;
}

static const struct reservation *of_path(struct server *server, sd_bus_message *call)
{
        return reservation_find(&server->reserved, id_of_path(sd_bus_message_get_path(call)));
}

static int check_path(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                      char **message)
{
        const char *id = strrchr(sd_bus_message_get_path(call), '/') + 1;

        take(server, answer);
        return of_path(server, call) ? 0 : reserve_no_such(id, message);
}

static int append_told(struct server *server, sd_bus_message *call, sd_bus_message *m,
                       const struct reading_answer *answer, bool full)
{
        int r;

        (void) answer;

        r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = client_reservation_append(m, of_path(server, call), full);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int do_tell(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = check_path, .append = append_told };

        return bus_answer_reading_told(server, m, READING_RESERVATIONS, NULL, &reply, full, error);
}

static int tell(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, false, do_tell, error);
}

static int do_release_path(struct server *server, sd_bus_message *m, sd_bus_error *error)
{
        return bus_release(server, m, strrchr(sd_bus_message_get_path(m), '/') + 1, error);
}

static int release_path(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run(userdata, m, do_release_path, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Get", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", reservation), tell,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Release", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, release_path,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int bus_reservation_attach(struct server *server)
{
        return bus_attach_objects(server, MEMCTL_PATH_RESERVATION, MEMCTL_IFACE_RESERVATION, vtable, find,
                                  NULL);
}
