/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/machine.h"

#include "basic/cleanup.h"

/* What sd-event itself takes for good enough. */
#define LATE_MAX_USEC (250 * UINT64_C(1000))

uint64_t pages_of_block(const struct machine *machine)
{
        uint64_t size = machine->tree->page_size;

        return size > 0 ? monitor_block_size(machine->monitor) / size : 0;
}

uint64_t machine_now(const struct machine *machine)
{
        uint64_t usec = 0;

        /* never fails for a clock that the loop knows */
        (void) sd_event_now(machine->event, CLOCK_MONOTONIC, &usec);
        return usec;
}

int machine_help(struct machine *machine, const struct machine_work *work, void *request, helper_done_t done,
                 void *userdata, struct helper **ret)
{
        const struct helper_task task = {
                .name = work->name,
                .work = work->work,
                .undo = work->undo,
                .keep_fds = { machine->tree->root_fd, machine->tree->memory_fd, -1 },
                .stall_usec = work->stall_usec ? work->stall_usec : MACHINE_STALL_USEC,
        };

        return helper_new(machine->event, &task, request, done, userdata, ret);
}

int machine_when_idle(struct machine *machine, sd_event_handler_t handler, void *userdata,
                      sd_event_source **ret)
{
        sd_event_source *source;
        int r;

        r = sd_event_add_defer(machine->event, &source, handler, userdata);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(source, SD_EVENT_ON);
        if (r >= 0)
                r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IDLE);
        if (r < 0) {
                sd_event_source_disable_unref(source);
                return r;
        }
        *ret = source;
        return 0;
}

int machine_after(struct machine *machine, uint64_t usec, sd_event_time_handler_t handler, void *userdata,
                  sd_event_source **ret)
{
        /* 0 would mean the default */
        uint64_t late = usec / 16 < LATE_MAX_USEC ? usec / 16 + 1 : LATE_MAX_USEC;

        return sd_event_add_time_relative(machine->event, ret, CLOCK_MONOTONIC, usec, late, handler,
                                          userdata);
}
