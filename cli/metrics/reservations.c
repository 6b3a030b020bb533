/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Contiguous memory that is reserved, and the warm reserve. Names are whoever's; where memory is from is
 * not.
 */
#include "cli/metrics/sources.h"

#include "cli/daemon/client.h"
#include "cli/daemon/reserve.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <inttypes.h>
#include <string.h>

/* "" as the area: any movable memory. */
static void put_origin(json_object *count, json_object *bytes, json_object *list, const char *area)
{
        uint64_t n = 0, size = 0;

        for (size_t i = 0; i < json_object_array_length(list); i++) {
                json_object *reservation = json_object_array_get_idx(list, i);

                if (strcmp(value_text(reservation, "area"), area) != 0)
                        continue;
                n++;
                size += value_number(reservation, "size");
        }
        family_sample(count, json_object_new_uint64(n), LABELS({ "area", area }));
        family_sample(bytes, json_object_new_uint64(size), LABELS({ "area", area }));
}

int metrics_reservations(struct metrics *metrics)
{
        _cleanup_json_ json_object *list = NULL, *module = NULL, *seen = json_object_new_object();
        json_object *count, *bytes;
        int status = reservations_get(metrics->context, &list);

        /* none, and nobody who could have any, are not the same */
        if (status == EXIT_DONE)
                status = value_call(metrics->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "GetModule",
                                    NULL, &module);
        if (status != EXIT_DONE)
                return status;
        if (!json_object_is_type(module, json_type_object) || json_object_object_length(module) == 0) {
                complain("not_supported", "memctl.ko is not loaded");
                return EXIT_FAILED;
        }
        count = family_add(metrics->families, "memctl_reservations", FAMILY_GAUGE,
                           "Reservations of contiguous memory; no area: of any movable memory.");
        bytes = family_add(metrics->families, "memctl_reserved_bytes", FAMILY_GAUGE,
                           "Contiguous memory that is reserved.");
        put_origin(count, bytes, list, "");
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                const char *area = value_text(json_object_array_get_idx(list, i), "area");

                if (*area && !json_object_object_get_ex(seen, area, NULL)) {
                        json_object_object_add(seen, area, NULL);
                        put_origin(count, bytes, list, area);
                }
        }
        return EXIT_DONE;
}

int metrics_warm_reserve(struct metrics *metrics)
{
        static const struct {
                const char *member, *name, *help;
                enum family_type type;
        } figures[] = {
                { "target_bytes", "memctl_warm_target_bytes", "Contiguous memory that is to be kept ready.",
                  FAMILY_GAUGE },
                { "bytes", "memctl_warm_ready_bytes", "Contiguous memory that is ready.", FAMILY_GAUGE },
                { "largest_bytes", "memctl_warm_largest_bytes", "The largest run of it.", FAMILY_GAUGE },
                { "given_bytes", "memctl_warm_given_back_bytes_total", "Given back when memory was short.",
                  FAMILY_COUNTER },
                { "filled_bytes", "memctl_warm_filled_bytes_total", "Made ready.", FAMILY_COUNTER },
        };
        _cleanup_json_ json_object *warm = NULL;
        json_object *requests, *is_short;
        int status = warm_call(metrics->context, NULL, -1, &warm);

        if (status != EXIT_DONE)
                return status;
        for (size_t i = 0; i < ELEMENTSOF(figures); i++)
                family_sample(
                        family_add(metrics->families, figures[i].name, figures[i].type, figures[i].help),
                        value_or_null(warm, figures[i].member), NO_LABELS);
        requests = family_add(metrics->families, "memctl_warm_requests_total", FAMILY_COUNTER,
                              "Requests for contiguous memory that the warm reserve could serve, or not.");
        family_sample(requests, value_or_null(warm, "served"), LABELS({ "result", "served" }));
        family_sample(requests, value_or_null(warm, "missed"), LABELS({ "result", "missed" }));
        is_short = family_add(metrics->families, "memctl_warm_short", FAMILY_GAUGE,
                              "Whether memory is short, so that the warm reserve is not being filled.");
        family_sample(is_short, json_object_new_int(value_flag(warm, "short")), NO_LABELS);
        return EXIT_DONE;
}
