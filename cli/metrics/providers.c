/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memctl.ko, and the drivers whose pages it makes movable.
 */
#include "cli/metrics/sources.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>

static int ask(struct metrics *metrics, const char *method, json_object **ret)
{
        return value_call(metrics->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, method, NULL, ret);
}

/* The module, which is needed. */
static int get_module(struct metrics *metrics, json_object **ret)
{
        int status = ask(metrics, "GetModule", ret);

        if (status != EXIT_DONE)
                return status;
        if (!json_object_is_type(*ret, json_type_object) || json_object_object_length(*ret) == 0) {
                complain("not_supported", "memctl.ko is not loaded");
                return EXIT_FAILED;
        }
        return EXIT_DONE;
}

int metrics_module(struct metrics *metrics)
{
        _cleanup_json_ json_object *module = NULL;
        int status = get_module(metrics, &module);

        if (status != EXIT_DONE)
                return status;
        family_sample(
                family_add(metrics->families, "memctl_module_info", FAMILY_GAUGE,
                           "memctl.ko: its version, how it binds pages to the VM, the kernel it is for."),
                json_object_new_int(1),
                LABELS({ "version", value_text(module, "version") },
                       { "binding", value_text(module, "binding") },
                       { "kernel", value_text(module, "kernel") }));
        return EXIT_DONE;
}

static json_object *nanoseconds(uint64_t nsec)
{
        char text[32];

        (void) snprintf(text, sizeof(text), "%" PRIu64 ".%09" PRIu64, nsec / 1000000000, nsec % 1000000000);
        return json_object_new_double_s((double) nsec / 1e9, text);
}

int metrics_providers(struct metrics *metrics)
{
        static const struct {
                const char *property, *name, *help;
                enum family_type type;
        } figures[] = {
                { "Pages", "memctl_provider_pages", "Pages of the driver that are movable now.",
                  FAMILY_GAUGE },
                { "Isolated", "memctl_provider_isolated_pages", "Pages that are taken to be moved just now.",
                  FAMILY_GAUGE },
                { "Migrated", "memctl_provider_migrated_pages_total", "Pages that were moved.",
                  FAMILY_COUNTER },
                { "Bytes", "memctl_provider_migrated_bytes_total", "Bytes that were moved.",
                  FAMILY_COUNTER },
                { "Retried", "memctl_provider_retries_total",
                  "Times that a migration was to be tried again.", FAMILY_COUNTER },
                { "Refused", "memctl_provider_refusals_total",
                  "Times that the driver did not let go of a page.", FAMILY_COUNTER },
                { "Failed", "memctl_provider_failures_total", "Migrations that were given up.",
                  FAMILY_COUNTER },
                { "Batches", "memctl_provider_batches_total", "Rounds of migrations.", FAMILY_COUNTER },
        };
        _cleanup_json_ json_object *module = NULL, *providers = NULL;
        json_object *pause, *families[ELEMENTSOF(figures)];
        int status = get_module(metrics, &module);

        if (status == EXIT_DONE)
                status = ask(metrics, "ListProviders", &providers);
        if (status != EXIT_DONE)
                return status;
        if (!value_is_list_of(providers, json_type_object))
                return client_bad_answer();
        for (size_t i = 0; i < ELEMENTSOF(figures); i++)
                families[i] =
                        family_add(metrics->families, figures[i].name, figures[i].type, figures[i].help);
        pause = family_add(metrics->families, "memctl_provider_longest_pause_seconds", FAMILY_GAUGE,
                           "How long a round kept the driver waiting at most.");
        for (size_t i = 0; i < json_object_array_length(providers); i++) {
                json_object *provider = json_object_array_get_idx(providers, i);
                const struct label *labels = LABELS({ "provider", value_text(provider, "Name") });

                for (size_t j = 0; j < ELEMENTSOF(figures); j++)
                        family_sample(families[j], value_or_null(provider, figures[j].property), labels);
                family_sample(pause, nanoseconds(value_number(provider, "LongestPauseNSec")), labels);
        }
        return EXIT_DONE;
}
