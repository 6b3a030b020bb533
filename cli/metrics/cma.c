/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CMA areas. What several sources may tell is as docs/cma.md has it; what nobody tells is absent.
 */
#include "cli/metrics/sources.h"

#include "cli/show/cma.h"

static const struct {
        const char *member, *name, *help;
} gauges[] = {
        { "total_bytes", "memctl_cma_size_bytes", "Size of the area." },
        { "used_bytes", "memctl_cma_used_bytes", "How much of it is allocated." },
        { "largest_free_bytes", "memctl_cma_largest_free_bytes", "The largest run that is not allocated." },
        { "fragmentation", "memctl_cma_fragmentation_ratio",
          "1 - the largest free run / all that is free." },
        { "peak_bytes", "memctl_cma_peak_bytes", "The most that was allocated since memctl.ko was loaded." },
        { "needed_bytes", "memctl_cma_needed_bytes",
          "The least size with which nothing would have failed for want of room." },
};

/* Counters with a label that says what became of it. */
static const struct {
        const char *success, *failure, *name, *help;
} results[] = {
        { "alloc_success", "alloc_failed", "memctl_cma_allocations_total",
          "Allocations, since memctl.ko was loaded or since boot." },
        { "alloc_success_pages", "alloc_failed_pages", "memctl_cma_requested_pages_total",
          "Pages of allocations since boot." },
};

static void put_counters(json_object *families, json_object *areas)
{
        for (size_t i = 0; i < ELEMENTSOF(results); i++) {
                json_object *family = family_add(families, results[i].name, FAMILY_COUNTER, results[i].help);

                for (size_t j = 1; j < json_object_array_length(areas); j++) {
                        json_object *area = json_object_array_get_idx(areas, j);
                        const char *name = value_text(area, "name");

                        family_sample(family, value_or_null(area, results[i].success),
                                      LABELS({ "area", name }, { "result", "success" }));
                        family_sample(family, value_or_null(area, results[i].failure),
                                      LABELS({ "area", name }, { "result", "failure" }));
                }
        }
}

/* [cause, count] each. */
static void put_causes(json_object *family, json_object *areas)
{
        for (size_t i = 1; i < json_object_array_length(areas); i++) {
                json_object *area = json_object_array_get_idx(areas, i), *causes;

                if (!json_object_object_get_ex(area, "by_cause", &causes) ||
                    !json_object_is_type(causes, json_type_object))
                        continue;
                json_object_object_foreach(causes, cause, count)
                        family_sample(family, json_object_get(count),
                                      LABELS({ "area", value_text(area, "name") }, { "cause", cause }));
        }
}

/* The first row is of all areas together, of which node_exporter's meminfo has what there is. */
int metrics_cma(struct metrics *metrics)
{
        _cleanup_json_ json_object *areas = NULL;
        int status = cma_get(metrics->context, &areas);

        if (status != EXIT_DONE)
                return status;
        for (size_t i = 0; i < ELEMENTSOF(gauges); i++) {
                json_object *family =
                        family_add(metrics->families, gauges[i].name, FAMILY_GAUGE, gauges[i].help);

                for (size_t j = 1; j < json_object_array_length(areas); j++) {
                        json_object *area = json_object_array_get_idx(areas, j);

                        family_sample(family, value_or_null(area, gauges[i].member),
                                      LABELS({ "area", value_text(area, "name") }));
                }
        }
        put_counters(metrics->families, areas);
        put_causes(family_add(metrics->families, "memctl_cma_failures_total", FAMILY_COUNTER,
                              "Allocations that failed, by cause, since memctl.ko was loaded."),
                   areas);
        return EXIT_DONE;
}
