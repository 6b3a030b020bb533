/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListCmaAreas: what the kernel counts of CMA, first of all areas together (name ""), then of each. What nobody
 * tells is left out.
 */
#include "daemon/bus/server.h"
#include "daemon/pages/cma.h"

static int append_area(sd_bus_message *m, const void *list, size_t index)
{
        const struct cma_areas *areas = list;
        const struct cma_area *area = index == 0 ? &areas->all : &areas->areas[index - 1];
        const struct {
                const char *name;
                uint64_t figure;
        } figures[] = {
                { "total_bytes", area->total_bytes },
                { "free_bytes", area->free_bytes },
                { "alloc_success", area->alloc_success },
                { "alloc_failed", area->alloc_failed },
        };
        int r;

        r = sd_bus_message_append(m, "{sv}", "name", "s", area->name);
        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(figures); i++)
                if (figures[i].figure != CMA_NOT_TOLD)
                        r = sd_bus_message_append(m, "{sv}", figures[i].name, "t", figures[i].figure);
        return r;
}

int bus_list_cma_areas(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        struct server *server = userdata;
        struct cma_areas areas;
        sd_bus_message *reply = NULL;
        int r;

        (void) error;

        r = cma_read(server->machine->tree, &areas);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(m, &reply);
        if (r >= 0)
                r = bus_append_dictionaries(reply, append_area, &areas, areas.n + 1);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        cma_clear(&areas);
        return r < 0 ? r : 1;
}
