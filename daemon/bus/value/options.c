/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of methods that start a job: a{sv} in, a request out. basic/job_options.h has them.
 */
#include "daemon/bus/value/options.h"

#include "basic/job_options.h"
#include "memctl/bus.h"

static int bad_option(sd_bus_error *error, const struct job_option *option)
{
        return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT, "option \"%s\": accepted is %s",
                                 option->key, option->accepted);
}

/* -1 stands for what is no value of any option. */
static int read_number(sd_bus_message *m, const struct job_option *option, int64_t *ret)
{
        union {
                uint64_t number;
                const char *text;
                int integer;
        } value = { 0 };
        int r;

        r = sd_bus_message_read_basic(m, option->type, &value);
        if (r < 0)
                return r;
        switch (option->type) {
        case 't':
                *ret = value.number > INT64_MAX ? -1 : (int64_t) value.number;
                return 0;
        case 's':
                *ret = job_option_word(option, value.text);
                return 0;
        default:
                *ret = value.integer;
                return 0;
        }
}

static int read_option(sd_bus_message *m, enum option_set set, struct job_options *options,
                       sd_bus_error *error)
{
        const char *name, *contents;
        const struct job_option *option;
        int64_t value;
        char kind;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;
        option = job_option_find(set, name);
        if (!option)
                return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                         "unknown option \"%.64s\" for this method", name);

        r = sd_bus_message_peek_type(m, &kind, &contents);
        if (r < 0)
                return r;
        if (contents[0] != option->type || contents[1] != '\0')
                return bad_option(error, option);
        r = sd_bus_message_enter_container(m, 'v', contents);
        if (r >= 0)
                r = read_number(m, option, &value);
        if (r < 0)
                return r;
        if (!job_option_set(option, options, value))
                return bad_option(error, option);
        return sd_bus_message_exit_container(m);
}

static int read_options(sd_bus_message *m, enum option_set set, struct job_options *options,
                        sd_bus_error *error)
{
        int r;

        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_option(m, set, options, error);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int request_read_options(sd_bus_message *m, enum option_set set, struct operation_request *request,
                         sd_bus_error *error)
{
        struct job_options options = JOB_OPTIONS_NONE;
        int r;

        r = read_options(m, set, &options, error);
        request->options = options.offline;
        request->timeout_usec = options.timeout_usec;
        request->eject = options.eject;
        request->zone = options.zone;
        request->compact = options.compact;
        return r;
}
