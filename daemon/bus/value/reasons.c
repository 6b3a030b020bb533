/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/value/reasons.h"

#include "daemon/bus/value/strings.h"
#include "memctl/bus.h"

struct reasons {
        const struct reason *items;
        enum reason_detail detail;
};

/* How many, or pids, and what the processes are called, in the same order. */
static int append_processes(sd_bus_message *m, const struct reason *reason, enum reason_detail detail)
{
        char *commands[REASON_PROCESSES_MAX];
        uint32_t pids[REASON_PROCESSES_MAX];
        int r;

        if (!reason->searched && reason->n_processes == 0)
                return 0;
        r = sd_bus_message_append(m, "{sv}", "processes", "u", (uint32_t) reason->n_processes);
        if (r < 0 || detail < REASONS_NAMED)
                return r;
        for (size_t i = 0; i < reason->n_processes; i++) {
                pids[i] = reason->processes[i].pid;
                commands[i] = (char *) reason->processes[i].command;
        }
        r = bus_append_array_entry(m, "pids", 'u', pids, reason->n_processes * sizeof(*pids));
        return r < 0 ? r : bus_append_strings_entry(m, "commands", commands, reason->n_processes);
}

static int append_reason(sd_bus_message *m, const void *list, size_t index)
{
        const struct reasons *reasons = list;
        const struct reason *reason = &reasons->items[index];
        int r;

        r = sd_bus_message_append(m, "{sv}", "code", "s", reason_code_name(reason->code));
        if (r >= 0 && reason->block != REASON_NO_BLOCK)
                r = sd_bus_message_append(m, "{sv}", "block", "u", reason->block);
        if (r >= 0 && reason->block != REASON_NO_BLOCK && reason->last_block > reason->block)
                r = sd_bus_message_append(m, "{sv}", "last_block", "u", reason->last_block);
        if (r < 0)
                return r;

        switch (reason->code) {
        case REASON_NOT_ENOUGH_MEMORY:
        case REASON_NO_ROOM_FOR_HUGE_PAGES:
                return sd_bus_message_append(m, "{sv}{sv}", "needed_bytes", "t", reason->needed_bytes,
                                             "available_bytes", "t", reason->available_bytes);
        case REASON_UNMOVABLE:
                r = sd_bus_message_append(m, "{sv}", "pages", "t", reason->pages);
                if (r >= 0 && reason->text && reasons->detail >= REASONS_COUNTED)
                        r = sd_bus_message_append(m, "{sv}", "owner", "s", reason->text);
                return r < 0 ? r : append_processes(m, reason, reasons->detail);
        case REASON_HOLE:
        case REASON_RESERVED:
                /* where the kernel is: not for everybody */
                if (reasons->detail < REASONS_COUNTED)
                        return 0;
                r = sd_bus_message_append(m, "{sv}", "bytes", "t", reason->bytes);
                break;
        case REASON_DRIVER_OWNED:
                r = sd_bus_message_append(m, "{sv}{sv}", "driver", "s", reason->driver, "memory_bytes", "t",
                                          reason->bytes);
                if (r >= 0 && reason->device_bytes > 0)
                        r = sd_bus_message_append(m, "{sv}", "device_bytes", "t", reason->device_bytes);
                break;
        case REASON_MORE:
                return sd_bus_message_append(m, "{sv}", "count", "t", reason->count);
        default:
                break;
        }
        if (r < 0)
                return r;
        return reason->text ? sd_bus_message_append(m, "{sv}", "text", "s", reason->text) : 0;
}

int request_append_reasons(sd_bus_message *m, const struct reason *reasons, size_t n,
                           enum reason_detail detail)
{
        const struct reasons list = { .items = reasons, .detail = detail };

        return bus_append_dictionaries(m, append_reason, &list, n);
}
