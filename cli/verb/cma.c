/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cma list: areas of contiguous memory.
 */
#include "cli/verb/verbs.h"
#include "cli/daemon/client.h"
#include "cli/show/cma.h"
#include "cli/show/output.h"

static json_object *area_row(json_object *area)
{
        json_object *row = json_object_new_object();

        json_object_object_add(row, "name", value_or_null(area, "name"));
        json_object_object_add(row, "start", NULL);
        json_object_object_add(row, "size", value_number_or_null(area, "total_bytes"));
        json_object_object_add(row, "used", cma_used(area));
        json_object_object_add(row, "largest_free", NULL);
        json_object_object_add(row, "fragmentation", NULL);
        json_object_object_add(row, "alloc_success", value_number_or_null(area, "alloc_success"));
        json_object_object_add(row, "alloc_fail", value_number_or_null(area, "alloc_failed"));
        return row;
}

static const struct column columns[] = {
        { "name", "NAME", COLUMN_TEXT, false },
        { "size", "SIZE", COLUMN_SIZE, false },
        { "used", "USED", COLUMN_SIZE, false },
        { "alloc_success", "ALLOCATED", COLUMN_COUNT, false },
        { "alloc_fail", "FAILED", COLUMN_COUNT, false },
};

const struct columns cma_columns = COLUMNS(columns);

int verb_cma_list(struct context *context)
{
        _cleanup_json_ json_object *areas = NULL;
        json_object *rows, *more;
        int status = cma_get(context, &areas);

        if (status != EXIT_DONE)
                return status;
        rows = json_object_new_array();
        for (size_t i = 1; i < json_object_array_length(areas); i++)
                json_object_array_add(rows, area_row(json_object_array_get_idx(areas, i)));
        more = json_object_new_object();
        json_object_object_add(more, "all", cma_to_json(json_object_array_get_idx(areas, 0)));
        status = output_list_and(context, "areas", rows, &cma_columns, more);
        if (!output_is_for_people(context))
                return status;
        cma_tell(json_object_array_get_idx(areas, 0));
        return status == EXIT_DONE ? output_finish() : status;
}
