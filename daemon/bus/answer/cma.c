/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Manager.ListCmaAreas: what the kernel counts of CMA, first of all areas together (name ""), then of each.
 * What nobody tells is left out.
 */
#include "daemon/bus/answer/cma.h"

#include "daemon/bus/answer/reading.h"
#include "daemon/bus/context/context.h"
#include "daemon/bus/value/strings.h"

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

static int append_areas(struct server *server, sd_bus_message *call, sd_bus_message *reply,
                        const struct reading_answer *answer)
{
        (void) server, (void) call;

        return bus_append_dictionaries(reply, append_area, &answer->cma, answer->cma.n + 1);
}

int bus_list_cma_areas(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        static const struct reading_reply reply = { .append = append_areas };

        return bus_answer_reading(userdata, m, READING_CMA, &reply, error);
}
