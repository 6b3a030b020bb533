/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of methods that start a job: a{sv} in, a request out. docs/bus.md has the table for people.
 */
#include "daemon/bus/request.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

#define SET(set) (1U << (set))

#define OFFLINE SET(OPTIONS_OFFLINE_BLOCKS) | SET(OPTIONS_OFFLINE_DIMM)
#define PLANNED (OFFLINE | SET(OPTIONS_PLAN))

struct option {
        const char *name;
        char type;
        unsigned int sets;
        const char *accepted;
        size_t offset; /* in struct operation_request; of an enum, where parse is set */
        uint64_t min, max;              /* of 't' */
        int (*parse)(const char *text); /* of 's': the value, or a negative errno */
};

#define FIELD(field) offsetof(struct operation_request, field)

/* Enums are stored through an int. */
static int parse_zone(const char *text)
{
        return online_zone_parse(text);
}

static const struct option options[] = {
        {
                .name = MEMCTL_OPTION_TIMEOUT,
                .type = 't',
                .sets = OFFLINE | SET(OPTIONS_ONLINE) | SET(OPTIONS_EJECT),
                .accepted = "microseconds, from 1 to seven days",
                .offset = FIELD(timeout_usec),
                .min = 1,
                .max = TIMEOUT_MAX_USEC,
        },
        {
                .name = MEMCTL_OPTION_TIMEOUT,
                .type = 't',
                .sets = SET(OPTIONS_LEASE),
                .accepted = "microseconds, from 1 to what GetLruCache calls longest_usec",
                .offset = FIELD(timeout_usec),
                .min = 1,
                .max = TIMEOUT_MAX_USEC,
        },
        {
                .name = MEMCTL_OPTION_MAX_PAUSE,
                .type = 't',
                .sets = PLANNED,
                .accepted = "microseconds, from 1000 to 10000000",
                .offset = FIELD(options.max_pause_usec),
                .min = MAX_PAUSE_MIN_USEC,
                .max = MAX_PAUSE_MAX_USEC,
        },
        {
                .name = MEMCTL_OPTION_RATE,
                .type = 't',
                .sets = PLANNED,
                .accepted = "bytes a second, from 1048576 up",
                .offset = FIELD(options.rate),
                .min = RATE_MIN_BYTES,
                .max = UINT64_MAX,
        },
        {
                .name = MEMCTL_OPTION_EJECT,
                .type = 'b',
                .sets = SET(OPTIONS_OFFLINE_DIMM) | SET(OPTIONS_PLAN),
                .accepted = "a boolean",
                .offset = FIELD(eject),
        },
        {
                .name = MEMCTL_OPTION_FORCE,
                .type = 'b',
                .sets = PLANNED,
                .accepted = "a boolean",
                .offset = FIELD(options.force),
        },
        {
                .name = MEMCTL_OPTION_PARTIAL,
                .type = 'b',
                .sets = PLANNED,
                .accepted = "a boolean",
                .offset = FIELD(options.partial),
        },
        {
                .name = MEMCTL_OPTION_SWAP,
                .type = 'b',
                .sets = PLANNED,
                .accepted = "a boolean",
                .offset = FIELD(options.swap),
        },
        {
                .name = MEMCTL_OPTION_RESUME,
                .type = 'b',
                .sets = OFFLINE,
                .accepted = "a boolean",
                .offset = FIELD(options.resume),
        },
        {
                .name = MEMCTL_OPTION_CACHE,
                .type = 's',
                .sets = PLANNED,
                .accepted = "\"auto\", \"keep\" or \"drop\"",
                .offset = FIELD(options.cache),
                .parse = cache_mode_parse,
        },
        {
                .name = MEMCTL_OPTION_STUCK,
                .type = 's',
                .sets = PLANNED,
                .accepted = "\"roll-back\", \"skip\" or \"wait\"",
                .offset = FIELD(options.stuck),
                .parse = stuck_mode_parse,
        },
        {
                .name = MEMCTL_OPTION_ZONE,
                .type = 's',
                .sets = SET(OPTIONS_ONLINE),
                .accepted = "\"movable\" or \"kernel\"",
                .offset = FIELD(zone),
                .parse = parse_zone,
        },
        {
                .name = MEMCTL_OPTION_TO_NODE,
                .type = 'i',
                .sets = PLANNED,
                .accepted = "the number of a NUMA node",
                .offset = FIELD(options.to_node),
        },
};

static int bad_option(sd_bus_error *error, const struct option *option)
{
        return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT, "option \"%s\": accepted is %s",
                                 option->name, option->accepted);
}

static int read_value(sd_bus_message *m, const struct option *option, struct operation_request *request,
                      sd_bus_error *error)
{
        void *field = (char *) request + option->offset;
        const char *text;
        uint64_t number;
        int value, r;

        switch (option->type) {
        case 't':
                r = sd_bus_message_read(m, "t", &number);
                if (r < 0)
                        return r;
                if (number < option->min || number > option->max)
                        return bad_option(error, option);
                *(uint64_t *) field = number;
                return 0;
        case 'b':
                r = sd_bus_message_read(m, "b", &value);
                if (r >= 0)
                        *(bool *) field = value;
                return r;
        case 'i':
                r = sd_bus_message_read(m, "i", &value);
                if (r >= 0 && value < 0)
                        return bad_option(error, option);
                if (r >= 0)
                        *(int *) field = value;
                return r;
        default:
                r = sd_bus_message_read(m, "s", &text);
                if (r < 0)
                        return r;
                value = option->parse(text);
                if (value < 0)
                        return bad_option(error, option);
                *(int *) field = value;
                return 0;
        }
}

static int read_option(sd_bus_message *m, enum option_set set, struct operation_request *request,
                       sd_bus_error *error)
{
        const struct option *option = NULL;
        const char *name, *contents;
        char type;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ELEMENTSOF(options); i++)
                if (strcmp(options[i].name, name) == 0 && (options[i].sets & SET(set)))
                        option = &options[i];
        if (!option)
                return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                         "unknown option \"%.64s\" for this method", name);

        r = sd_bus_message_peek_type(m, &type, &contents);
        if (r < 0)
                return r;
        if (contents[0] != option->type || contents[1] != '\0')
                return bad_option(error, option);
        r = sd_bus_message_enter_container(m, 'v', contents);
        if (r >= 0)
                r = read_value(m, option, request, error);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int request_read_options(sd_bus_message *m, enum option_set set, struct operation_request *request,
                         sd_bus_error *error)
{
        int r;

        request->options = OFFLINE_OPTIONS_NONE;
        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_option(m, set, request, error);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(m);
}
