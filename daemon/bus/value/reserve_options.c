/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/value/reserve_options.h"

#include "memctl/bus.h"

#include <string.h>

#define FIELD(field) offsetof(struct reserve_request, field)

static const struct option {
        const char *key;
        char type; /* of D-Bus */
        size_t offset;
        const char *accepted;
} options[] = {
        { "align", 't', FIELD(align), "bytes, a power of two from the page size up" },
        { "area", 's', FIELD(area), "the name of a CMA area" },
        { "movable", 'b', FIELD(movable), "a boolean" },
        { "name", 's', FIELD(name), "a name" },
        { "node", 'i', FIELD(node), "the number of a NUMA node" },
};

static int bad_option(sd_bus_error *error, const struct option *option)
{
        return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT, "option \"%s\": accepted is %s",
                                 option->key, option->accepted);
}

static bool store(const struct option *option, sd_bus_message *m, struct reserve_request *request, int *ret)
{
        void *field = (char *) request + option->offset;
        int boolean = 0;

        if (option->type != 'b') {
                *ret = sd_bus_message_read_basic(m, option->type, field);
                /* 0 and -1 stand for what is not given */
                return *ret < 0 || (option->type == 't'   ? *(uint64_t *) field > 0
                                    : option->type == 'i' ? *(int *) field >= 0
                                                          : true);
        }
        *ret = sd_bus_message_read_basic(m, 'b', &boolean);
        *(bool *) field = boolean;
        return true;
}

static int read_option(sd_bus_message *m, struct reserve_request *request, sd_bus_error *error)
{
        const struct option *option = NULL;
        const char *name, *contents;
        char kind;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ELEMENTSOF(options); i++)
                if (strcmp(options[i].key, name) == 0)
                        option = &options[i];
        if (!option)
                return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                         "unknown option \"%.64s\" for this method", name);
        r = sd_bus_message_peek_type(m, &kind, &contents);
        if (r < 0)
                return r;
        if (contents[0] != option->type || contents[1] != '\0')
                return bad_option(error, option);
        r = sd_bus_message_enter_container(m, 'v', contents);
        if (r < 0)
                return r;
        if (!store(option, m, request, &r))
                return bad_option(error, option);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int reserve_read_options(sd_bus_message *m, struct reserve_request *request, sd_bus_error *error)
{
        int r;

        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_option(m, request, error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}
