/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/compact.h"

#include "basic/cleanup.h"

#include <inttypes.h>
#include <string.h>

bool compact_is_it(json_object *job)
{
        return strcmp(value_text(job, "Verb"), "compact") == 0;
}

/* NULL: a memctld of before tells none. */
static json_object *figures_of(json_object *job)
{
        json_object *figures = json_object_object_get(job, "Figures");

        return json_object_is_type(figures, json_type_object) ? figures : NULL;
}

json_object *compact_figures(json_object *job)
{
        json_object *figures = figures_of(job);

        return figures && json_object_object_length(figures) > 0 ? json_object_get(figures) : NULL;
}

json_object *figure_of(json_object *job, const char *name)
{
        json_object *figures = figures_of(job);

        return figures ? value_number_or_null(figures, name) : NULL;
}

json_object *figure_cpu_seconds(json_object *job)
{
        _cleanup_json_ json_object *cpu = figure_of(job, "cpu_usec");
        char text[32];

        (void) snprintf(text, sizeof(text), "%.3f", (double) json_object_get_uint64(cpu) / 1e6);
        return cpu ? json_object_new_double_s((double) json_object_get_uint64(cpu) / 1e6, text) : NULL;
}

void compact_to_json(json_object *job, json_object *object)
{
        json_object_object_add(object, "order", figure_of(job, "order"));
        json_object_object_add(object, "blocks_before", figure_of(job, "blocks_before"));
        json_object_object_add(object, "blocks_after", figure_of(job, "blocks_after"));
        json_object_object_add(object, "cpu_seconds", figure_cpu_seconds(job));
}

void compact_put(FILE *f, json_object *job)
{
        _cleanup_json_ json_object *order = figure_of(job, "order"),
                                   *before = figure_of(job, "blocks_before"),
                                   *after = figure_of(job, "blocks_after");

        if (order && before && after)
                (void) fprintf(f, "free pieces of order %" PRIu64 ": %" PRIu64 " before, %" PRIu64 " now",
                               json_object_get_uint64(order), json_object_get_uint64(before),
                               json_object_get_uint64(after));
        else
                (void) fputs("nothing compacted yet", f);
}
