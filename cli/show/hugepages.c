/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/hugepages.h"

#include "cli/show/compact.h"

#include <inttypes.h>
#include <string.h>

bool hugepages_is_it(json_object *job)
{
        return strcmp(value_text(job, "Verb"), "hugepages-reserve") == 0;
}

void hugepages_to_json(json_object *job, json_object *object)
{
        static const char *const keys[] = { "size_bytes",    "wanted",      "before",          "after",
                                            "added",         "possible",    "possible_before", "order",
                                            "blocks_before", "blocks_after" };

        for (size_t i = 0; i < ELEMENTSOF(keys); i++)
                json_object_object_add(object, keys[i], figure_of(job, keys[i]));
        json_object_object_add(object, "cpu_seconds", figure_cpu_seconds(job));
}

uint64_t hugepages_added(json_object *job)
{
        _cleanup_json_ json_object *added = figure_of(job, "added");

        return json_object_get_uint64(added);
}

void hugepages_put(FILE *f, json_object *job)
{
        _cleanup_json_ json_object *wanted = figure_of(job, "wanted"), *before = figure_of(job, "before"),
                                   *after = figure_of(job, "after");

        if (wanted && before && after)
                (void) fprintf(f,
                               "%" PRIu64 " of %" PRIu64 " added, huge pages in the pool: %" PRIu64
                               " before, %" PRIu64 " now",
                               hugepages_added(job), json_object_get_uint64(wanted),
                               json_object_get_uint64(before), json_object_get_uint64(after));
        else
                (void) fputs("nothing added yet", f);
}
