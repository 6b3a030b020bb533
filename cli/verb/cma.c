/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma list: areas of contiguous memory.
 */
#include "cli/show/cma.h"
#include "cli/daemon/client.h"
#include "cli/show/output.h"
#include "cli/verb/cma_reservations.h"
#include "cli/verb/verbs.h"
#include "cli/verb/watch.h"

#include <string.h>

/* The area of that name in an earlier answer; NULL: it was not there. */
static json_object *find_area(json_object *areas, const char *name)
{
        for (size_t i = 1; areas && i < json_object_array_length(areas); i++) {
                json_object *area = json_object_array_get_idx(areas, i);

                if (strcmp(value_text(area, "name"), name) == 0)
                        return area;
        }
        return NULL;
}

/* Times a second; NULL, which is null, where that cannot be told: after a module came or went, too. */
static json_object *rate(json_object *area, json_object *before, const char *name, double seconds)
{
        uint64_t now = value_number(area, name), then = value_number(before, name);

        if (!before || seconds <= 0 || now < then || !json_object_object_get_ex(area, name, NULL) ||
            !json_object_object_get_ex(before, name, NULL))
                return NULL;
        return cma_fraction((double) (now - then) / seconds);
}

static json_object *area_rows(json_object *areas, const struct watch *watch)
{
        json_object *rows = json_object_new_array();

        for (size_t i = 1; i < json_object_array_length(areas); i++) {
                json_object *area = json_object_array_get_idx(areas, i);
                json_object *row = cma_area_to_json(area, false), *before;

                if (watch) {
                        before = find_area(watch->before, value_text(area, "name"));
                        json_object_object_add(row, "success_rate",
                                               rate(area, before, "alloc_success", watch->seconds));
                        json_object_object_add(row, "fail_rate",
                                               rate(area, before, "alloc_failed", watch->seconds));
                }
                json_object_array_add(rows, row);
        }
        return rows;
}

/* The rates are last: of --watch only. */
#define N_RATES 2

static const struct column columns[] = {
        { "name", "NAME", COLUMN_TEXT, false },
        { "start", "START", COLUMN_TEXT, false },
        { "size", "SIZE", COLUMN_SIZE, false },
        { "used", "USED", COLUMN_SIZE, false },
        { "largest_free", "LARGEST FREE", COLUMN_SIZE, false },
        { "fragmentation", "FRAGMENTATION", COLUMN_COUNT, false },
        { "alloc_success", "ALLOCATED", COLUMN_COUNT, false },
        { "alloc_fail", "FAILED", COLUMN_COUNT, false },
        { "alloc_success_pages", "PAGES ALLOCATED", COLUMN_COUNT, true },
        { "alloc_fail_pages", "PAGES FAILED", COLUMN_COUNT, true },
        { "source", "SOURCE", COLUMN_TEXT, true },
        { "success_rate", "ALLOCATED/S", COLUMN_COUNT, true },
        { "fail_rate", "FAILED/S", COLUMN_COUNT, true },
};

const struct columns cma_columns = COLUMNS(columns);

static int print(struct context *context, json_object *areas, const struct watch *watch)
{
        struct column shown[ELEMENTSOF(columns)];
        _cleanup_json_ json_object *reservations = cma_reservations(context);
        json_object *all = json_object_array_get_idx(areas, 0), *more = json_object_new_object();
        int status;

        memcpy(shown, columns, sizeof(columns));
        for (size_t i = ELEMENTSOF(columns) - N_RATES; watch && i < ELEMENTSOF(columns); i++)
                shown[i].extra = false;
        json_object_object_add(more, "all", cma_to_json(all));
        json_object_object_add(more, "reservations", json_object_get(reservations));
        json_object_object_add(more, "missing", value_or_null(all, "notes"));
        status = output_list_and(context, "areas", area_rows(areas, watch), &COLUMNS(shown), more);
        if (!output_is_for_people(context))
                return status;
        cma_tell(all);
        cma_reservations_tell(reservations);
        return status == EXIT_DONE ? output_finish() : status;
}

static int look(struct context *context, struct watch *watch)
{
        _cleanup_json_ json_object *areas = NULL;
        int status = cma_get(context, &areas);

        if (status != EXIT_DONE)
                return status;
        status = print(context, areas, watch);
        if (!watch || !watch->before) /* once is enough */
                cma_say_notes(value_array(json_object_array_get_idx(areas, 0), "notes"));
        if (watch)
                watch_keep(watch, areas);
        return status;
}

int verb_cma_list(struct context *context)
{
        return context->watch ? watch_run(context, look) : look(context, NULL);
}
