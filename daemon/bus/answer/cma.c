/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One CMA area, as all sources together tell of it, with who holds what. What nobody tells is left out.
 */
#include "daemon/bus/answer/cma.h"

#include "daemon/bus/answer/reading.h"
#include "daemon/bus/caller/auth.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/cma.h"
#include "memctl/bus.h"

static int append_detail(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                         const struct reading_answer *answer, bool full)
{
        int r;

        (void) call;

        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = bus_append_cma_detail(reply, &answer->cma_area, server->machine->tree->page_size, full);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int bus_answer_cma_area(struct server *server, sd_bus_message *m, const char *name, bool full,
                        sd_bus_error *error)
{
        static const struct reading_reply reply = { .append = append_detail };

        return bus_answer_reading_told(server, m, READING_CMA_AREA, name, &reply, full, error);
}

static int do_show(struct server *server, sd_bus_message *m, bool full, sd_bus_error *error)
{
        const char *name;
        int r;

        r = sd_bus_message_read(m, "s", &name);
        if (r < 0)
                return r;
        if (*name == '\0')
                return sd_bus_error_set(error, MEMCTL_ERROR_INVALID_ARGUMENT,
                                        "no name of a CMA area: expected one that cma list shows");
        return bus_answer_cma_area(server, m, name, full, error);
}

int bus_show_cma_area(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        return auth_run_told(userdata, m, true, do_show, error);
}
