/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leases that keep the per-CPU LRU caches off.
 */
#include "cli/metrics/sources.h"

#include "cli/run/say.h"
#include "memctl/bus.h"

int metrics_lru_cache(struct metrics *metrics)
{
        _cleanup_json_ json_object *cache = NULL;
        json_object *leases;
        uint64_t oldest = 0;
        size_t n;
        int status = value_call(metrics->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "GetLruCache", NULL,
                                &cache);

        if (status != EXIT_DONE)
                return status;
        if (!value_flag(cache, "supported")) {
                complain("not_supported", "%s", value_text(cache, "reason"));
                return EXIT_FAILED;
        }
        leases = value_array(cache, "leases");
        n = leases ? json_object_array_length(leases) : 0;
        for (size_t i = 0; i < n; i++) {
                uint64_t usec = value_number(json_object_array_get_idx(leases, i), "held_usec");

                oldest = usec > oldest ? usec : oldest;
        }
        family_sample(family_add(metrics->families, "memctl_lru_cache_disabled", FAMILY_GAUGE,
                                 "Whether the per-CPU LRU caches are off, by anybody."),
                      json_object_object_get_ex(cache, "disabled", NULL)
                              ? json_object_new_int(value_flag(cache, "disabled"))
                              : NULL,
                      NO_LABELS);
        family_sample(family_add(metrics->families, "memctl_lru_leases", FAMILY_GAUGE,
                                 "Leases that keep them off."),
                      json_object_new_uint64(n), NO_LABELS);
        family_sample(family_add(metrics->families, "memctl_lru_lease_oldest_seconds", FAMILY_GAUGE,
                                 "How long the oldest lease has been held; 0 without one."),
                      family_seconds(oldest), NO_LABELS);
        return EXIT_DONE;
}
