/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * org.memctl1.CmaArea on /org/memctl1/cma/NAME. As with providers the figures change all the time, and may
 * be slow to come: areas are not in the ObjectManager, and properties are those of the last GetCmaArea or
 * ListCmaAreas.
 */
#include "daemon/bus/object/cma.h"

#include "basic/message.h"
#include "daemon/bus/answer/cma.h"
#include "daemon/bus/answer/reading.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/object/attach.h"
#include "daemon/bus/object/interfaces.h"
#include "daemon/bus/value/cma.h"
#include "daemon/bus/value/paths.h"
#include "daemon/bus/value/strings.h"
#include "memctl/bus.h"

#include <errno.h>
#include <string.h>

static const struct cma_area *area_of_path(struct server *server, const char *path)
{
        _cleanup_free_ char *name = NULL;

        if (sd_bus_path_decode(path, MEMCTL_PATH_CMA, &name) <= 0)
                return NULL;
        return cma_find(&server->cma_areas, name);
}

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **found,
                sd_bus_error *error)
{
        (void) bus, (void) interface, (void) error;

        if (!area_of_path(userdata, path))
                return 0;
        *found = userdata;
        return 1;
}

static int get_name(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const struct cma_area *area = area_of_path(userdata, path);

        (void) bus, (void) interface, (void) property, (void) error;

        return area ? sd_bus_message_append(reply, "s", area->name) : -ENOENT;
}

/* All that is told of it, as ListCmaAreas has it. */
static int get_told(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const struct cma_area *area = area_of_path(userdata, path);
        int r;

        (void) bus, (void) interface, (void) property, (void) error;

        if (!area)
                return -ENOENT;
        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = bus_append_cma_area(reply, area);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void take(struct server *server, struct reading_answer *answer)
{
        cma_clear(&server->cma_areas);
        server->cma_areas = answer->cma;
        answer->cma = (struct cma_areas){ 0 };
}

static int append_one(sd_bus_message *m, const void *list, size_t index)
{
        const struct cma_areas *areas = list;

        return index == 0 ? bus_append_cma_totals(m, areas)
                          : bus_append_cma_area(m, &areas->areas[index - 1]);
}

static int take_all(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                    char **message)
{
        (void) call, (void) message;

        take(server, answer);
        return 0;
}

/* First all areas together (name ""), then each. */
static int append_all(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                      const struct reading_answer *answer, bool full)
{
        (void) call, (void) answer, (void) full;

        return bus_append_dictionaries(reply, append_one, &server->cma_areas, server->cma_areas.n + 1);
}

int bus_list_cma_areas(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = take_all, .append = append_all };

        return bus_answer_reading(userdata, m, READING_CMA, &reply, error);
}

static int check_one(struct server *server, sd_bus_message *call, struct reading_answer *answer,
                     char **message)
{
        const char *name;
        int r;

        take(server, answer);
        r = bus_read_name(call, &name);
        if (r < 0)
                return r;
        return cma_find(&server->cma_areas, name) ? 0 : cma_no_such_area(&server->cma_areas, name, message);
}

static int append_path(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                       const struct reading_answer *answer, bool full)
{
        (void) server, (void) answer, (void) full;

        return bus_append_path_of_name(reply, call, bus_cma_path);
}

int bus_get_cma_area(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        static const struct reading_reply reply = { .check = check_one, .append = append_path };

        return bus_answer_reading(userdata, m, READING_CMA, &reply, error);
}

static int do_show(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        const struct cma_area *area = area_of_path(server, sd_bus_message_get_path(m));

        return area ? bus_answer_cma_area(server, m, area->name, full, error)
                    : sd_bus_error_set(error, MEMCTL_ERROR_NOT_FOUND, "the CMA area is gone");
}

static int show(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, true, do_show, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Show", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", area), show,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Name", "s", get_name, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Told", "a{sv}", get_told, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_cma_attach(struct server *server)
{
        return bus_attach_objects(server, MEMCTL_PATH_CMA, MEMCTL_IFACE_CMA, vtable, find, NULL);
}
