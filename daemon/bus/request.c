/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/request.h"

#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int request_fail(sd_bus_error *error, int r, const char *message)
{
        static const struct {
                int error;
                const char *name;
        } names[] = {
                { EINVAL, MEMCTL_ERROR_INVALID_ARGUMENT },
                { ERANGE, MEMCTL_ERROR_INVALID_ARGUMENT },
                { ENOENT, MEMCTL_ERROR_NOT_FOUND },
                { ENODEV, MEMCTL_ERROR_NOT_FOUND },
                { EBUSY, MEMCTL_ERROR_BUSY },
                { EMFILE, MEMCTL_ERROR_BUSY },
                { EOPNOTSUPP, MEMCTL_ERROR_NOT_SUPPORTED },
                { EACCES, MEMCTL_ERROR_NOT_AUTHORIZED },
                { EPERM, MEMCTL_ERROR_NOT_AUTHORIZED },
        };
        const char *name = MEMCTL_ERROR_FAILED;

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (names[i].error == -r)
                        name = names[i].name;
        return sd_bus_error_set(error, name, message ? message : strerror(-r));
}

struct option {
        const char *name;
        const char *type;
        unsigned int sets; /* bit set of enum option_set */
        const char *accepted;
};

static const struct option options[] = {
        {
                MEMCTL_OPTION_TIMEOUT,
                "t",
                1U << OPTIONS_OFFLINE_BLOCKS | 1U << OPTIONS_OFFLINE_DIMM | 1U << OPTIONS_ONLINE |
                        1U << OPTIONS_EJECT,
                "microseconds, from 1 to seven days",
        },
        { MEMCTL_OPTION_TIMEOUT, "t", 1U << OPTIONS_LEASE,
          "microseconds, from 1 to what GetLruCache calls longest_usec" },
        { MEMCTL_OPTION_EJECT, "b", 1U << OPTIONS_OFFLINE_DIMM | 1U << OPTIONS_PLAN, "a boolean" },
        {
                MEMCTL_OPTION_FORCE,
                "b",
                1U << OPTIONS_OFFLINE_BLOCKS | 1U << OPTIONS_OFFLINE_DIMM | 1U << OPTIONS_PLAN,
                "a boolean",
        },
        { MEMCTL_OPTION_ZONE, "s", 1U << OPTIONS_ONLINE, "\"movable\" or \"kernel\"" },
};

static int bad_option(sd_bus_error *error, const struct option *option)
{
        return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT, "option \"%s\": accepted is %s",
                                 option->name, option->accepted);
}

static int read_value(sd_bus_message *m, const struct option *option, struct job_request *request,
                      sd_bus_error *error)
{
        const char *text;
        uint64_t usec;
        int flag, r;

        switch (option->type[0]) {
        case 't':
                r = sd_bus_message_read(m, "t", &usec);
                if (r < 0)
                        return r;
                if (usec < 1 || usec > TIMEOUT_MAX_USEC)
                        return bad_option(error, option);
                request->timeout_usec = usec;
                return 0;
        case 'b':
                r = sd_bus_message_read(m, "b", &flag);
                if (r < 0)
                        return r;
                if (strcmp(option->name, MEMCTL_OPTION_FORCE) == 0)
                        request->force = flag;
                else
                        request->eject = flag;
                return 0;
        default:
                r = sd_bus_message_read(m, "s", &text);
                if (r < 0)
                        return r;
                r = online_zone_parse(text);
                if (r < 0)
                        return bad_option(error, option);
                request->zone = (enum online_zone) r;
                return 0;
        }
}

static int read_option(sd_bus_message *m, enum option_set set, struct job_request *request,
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
                if (strcmp(options[i].name, name) == 0 && (options[i].sets & 1U << set))
                        option = &options[i];
        if (!option)
                return sd_bus_error_setf(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                         "unknown option \"%.64s\" for this method", name);

        r = sd_bus_message_peek_type(m, &type, &contents);
        if (r < 0)
                return r;
        if (strcmp(contents, option->type) != 0)
                return bad_option(error, option);
        r = sd_bus_message_enter_container(m, 'v', contents);
        if (r < 0)
                return r;
        r = read_value(m, option, request, error);
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(m);
}

int request_read_options(sd_bus_message *m, enum option_set set, struct job_request *request,
                         sd_bus_error *error)
{
        int r;

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

int request_start_job(struct server *server, sd_bus_message *m, const struct job_request *request,
                      sd_bus_error *error)
{
        _cleanup_free_ char *message = NULL, *path = NULL;
        struct job *job;
        int r;

        if (server->stopping)
                return request_fail(error, -EBUSY, "memctld is stopping");
        r = registry_start(server->registry, request, &job, &message);
        if (r < 0)
                return request_fail(error, r, message);
        path = bus_job_path(job->id);
        if (!path)
                return -ENOMEM;
        return sd_bus_reply_method_return(m, "o", path);
}

/* Pids, and what the processes are called, in the same order. */
static int append_processes(sd_bus_message *m, const struct reason *reason)
{
        char *commands[REASON_PROCESSES_MAX];
        uint32_t pids[REASON_PROCESSES_MAX];
        int r;

        if (!reason->searched && reason->n_processes == 0)
                return 0;
        for (size_t i = 0; i < reason->n_processes; i++) {
                pids[i] = reason->processes[i].pid;
                commands[i] = (char *) reason->processes[i].command;
        }
        r = bus_append_array_entry(m, "pids", 'u', pids, reason->n_processes * sizeof(*pids));
        return r < 0 ? r : bus_append_strings_entry(m, "commands", commands, reason->n_processes);
}

static int append_reason(sd_bus_message *m, const void *list, size_t index)
{
        const struct reason_list *reasons = list;
        const struct reason *reason = &reasons->items[index];
        int r;

        r = sd_bus_message_append(m, "{sv}", "code", "s", reason_code_name(reason->code));
        if (r >= 0 && reason->block != REASON_NO_BLOCK)
                r = sd_bus_message_append(m, "{sv}", "block", "u", reason->block);
        if (r < 0)
                return r;

        switch (reason->code) {
        case REASON_NOT_ENOUGH_MEMORY:
                return sd_bus_message_append(m, "{sv}{sv}", "needed_bytes", "t", reason->needed_bytes,
                                             "available_bytes", "t", reason->available_bytes);
        case REASON_UNMOVABLE:
                r = sd_bus_message_append(m, "{sv}", "pages", "t", reason->pages);
                if (r >= 0 && reason->text)
                        r = sd_bus_message_append(m, "{sv}", "owner", "s", reason->text);
                return r < 0 ? r : append_processes(m, reason);
        default:
                return reason->text ? sd_bus_message_append(m, "{sv}", "text", "s", reason->text) : 0;
        }
}

int request_append_reasons(sd_bus_message *m, const struct reason_list *reasons)
{
        return bus_append_dictionaries(m, append_reason, reasons, reasons->n_items);
}
