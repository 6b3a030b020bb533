/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/metrics/metrics.h"

#include "cli/daemon/client.h"
#include "cli/metrics/sources.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include "config.h"

/* Errors come before the DIMMs: to ask for them has memctld read them. Blocks come before what needs them.
 */
static const struct {
        const char *name;
        int (*gather)(struct metrics *metrics);
} sources[] = {
        { "blocks", metrics_blocks },
        { "errors", metrics_errors },
        { "dimms", metrics_dimms },
        { "pages", metrics_pages },
        { "module", metrics_module },
        { "providers", metrics_providers },
        { "cma", metrics_cma },
        { "reservations", metrics_reservations },
        { "warm_reserve", metrics_warm_reserve },
        { "jobs", metrics_jobs },
        { "compaction", metrics_compaction },
        { "lru_cache", metrics_lru_cache },
};

static int gather_about(struct metrics *metrics)
{
        _cleanup_json_ json_object *manager = NULL;
        json_object *problems;
        int status;

        status = value_get_all(metrics->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, &manager);
        if (status != EXIT_DONE)
                return status;
        problems = value_array(manager, "Problems");
        family_sample(
                family_add(metrics->families, "memctl_build_info", FAMILY_GAUGE,
                           "Versions of memctl and of the memctld that it asked."),
                json_object_new_int(1),
                LABELS({ "version", MEMCTL_VERSION }, { "daemon_version", value_text(manager, "Version") }));
        family_sample(family_add(metrics->families, "memctl_longest_dispatch_seconds", FAMILY_GAUGE,
                                 "How long memctld was busy with one event at most."),
                      family_seconds(value_number(manager, "LongestDispatchUSec")), NO_LABELS);
        family_sample(family_add(metrics->families, "memctl_problems", FAMILY_GAUGE,
                                 "Attributes of memory blocks that could not be read."),
                      json_object_new_uint64(problems ? json_object_array_length(problems) : 0), NO_LABELS);
        return EXIT_DONE;
}

/* An exit status: that of a memctld that is gone alone. */
static int gather_source(struct metrics *metrics, size_t i, json_object *up)
{
        char why[SAY_HELD_MAX];
        int status;

        say_hold();
        status = sources[i].gather(metrics);
        say_release(why);
        if (status == EXIT_NO_SERVICE || !metrics->context->bus) {
                complain("no_service", "%s", why);
                return EXIT_NO_SERVICE;
        }
        family_sample(up, json_object_new_int(status == EXIT_DONE), LABELS({ "source", sources[i].name }));
        if (status != EXIT_DONE)
                hint("no metrics of %s: %s", sources[i].name, why);
        return EXIT_DONE;
}

int metrics_gather(struct context *context, json_object **ret)
{
        struct metrics metrics = { .context = context, .families = json_object_new_array() };
        json_object *up =
                family_add(metrics.families, "memctl_source_up", FAMILY_GAUGE,
                           "Whether this could be read; the metrics of a source with 0 are absent.");
        json_object *left_out;
        int status;

        (void) sd_bus_set_allow_interactive_authorization(context->bus, false);
        status = gather_about(&metrics);
        for (size_t i = 0; status == EXIT_DONE && i < ELEMENTSOF(sources); i++)
                status = gather_source(&metrics, i, up);
        wire_blocks_clear(&metrics.blocks);
        if (status != EXIT_DONE) {
                json_object_put(metrics.families);
                return status;
        }
        left_out = json_object_new_uint64(family_left_out(metrics.families));
        family_sample(family_add(metrics.families, "memctl_samples_left_out", FAMILY_GAUGE,
                                 "Samples above the 2048 that a metric may have."),
                      left_out, NO_LABELS);
        families_finish(metrics.families);
        *ret = metrics.families;
        return EXIT_DONE;
}
