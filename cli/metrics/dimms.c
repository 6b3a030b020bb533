/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DIMMs: how much of each is online, and whether that can come out again; errors by DIMM.
 */
#include "cli/metrics/sources.h"

#include "cli/daemon/client.h"
#include "cli/run/say.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Whether the block is online in another zone than Movable: the kernel may put anything there. */
static bool is_in_kernel_zone(const struct wire_blocks *blocks, size_t i)
{
        uint8_t state = ((const uint8_t *) blocks->state.data)[i];
        json_object *zones =
                json_object_array_get_idx(blocks->zone_lists, ((const uint16_t *) blocks->zones.data)[i]);

        if (strcmp(json_object_get_string(json_object_array_get_idx(blocks->states, state)), "online") != 0)
                return false;
        return json_object_array_length(zones) != 1 ||
               strcmp(json_object_get_string(json_object_array_get_idx(zones, 0)), "Movable") != 0;
}

/* Bytes of it by the name of the DIMM; the caller's. Empty where blocks are not known. */
static json_object *kernel_zone_bytes(const struct wire_blocks *blocks)
{
        const uint32_t *dimm = blocks->dimm.data;
        json_object *bytes = json_object_new_object();

        for (size_t i = 0; i < blocks->number.n; i++) {
                const char *name;
                uint64_t before;

                if (dimm[i] == MEMCTL_NONE)
                        continue;
                name = json_object_get_string(json_object_array_get_idx(blocks->dimms, dimm[i]));
                before = value_number(bytes, name);
                json_object_object_add(
                        bytes, name,
                        json_object_new_uint64(before +
                                               (is_in_kernel_zone(blocks, i) ? blocks->block_size : 0)));
        }
        return bytes;
}

/* -1 is nobody's count. */
static json_object *errors_of(json_object *dimm, const char *name)
{
        json_object *value;

        return json_object_object_get_ex(dimm, name, &value) && json_object_get_int64(value) >= 0
                       ? json_object_get(value)
                       : NULL;
}

static void put_info(json_object *family, json_object *dimm)
{
        char node[16] = "unknown";
        json_object *value;

        if (json_object_object_get_ex(dimm, "Node", &value) && json_object_get_int(value) >= 0)
                (void) snprintf(node, sizeof(node), "%d", json_object_get_int(value));
        family_sample(family, json_object_new_int(1),
                      LABELS({ "dimm", value_text(dimm, "Name") }, { "label", value_text(dimm, "Label") },
                             { "node", node }));
}

int metrics_dimms(struct metrics *metrics)
{
        _cleanup_json_ json_object *dimms = NULL, *in_kernel_zones = NULL;
        json_object *info, *size, *online, *kernel, *ejectable, *corrected, *uncorrected;
        int status = value_get_managed(metrics->context, MEMCTL_IFACE_DIMM, &dimms);

        if (status != EXIT_DONE)
                return status;
        in_kernel_zones = kernel_zone_bytes(&metrics->blocks);
        info = family_add(metrics->families, "memctl_dimm_info", FAMILY_GAUGE,
                          "DIMMs, with their label by SMBIOS and their NUMA node.");
        size = family_add(metrics->families, "memctl_dimm_size_bytes", FAMILY_GAUGE,
                          "Size of the DIMM's memory blocks.");
        online = family_add(metrics->families, "memctl_dimm_online_bytes", FAMILY_GAUGE,
                            "How much of it is online.");
        kernel = family_add(metrics->families, "memctl_dimm_kernel_zone_bytes", FAMILY_GAUGE,
                            "How much is online in other zones than Movable, and may not come out again.");
        ejectable = family_add(metrics->families, "memctl_dimm_ejectable", FAMILY_GAUGE,
                               "Whether the firmware can eject the DIMM.");
        corrected = family_add(metrics->families, "memctl_dimm_corrected_errors_total", FAMILY_COUNTER,
                               "Errors of the DIMM that were corrected, by EDAC.");
        uncorrected = family_add(metrics->families, "memctl_dimm_uncorrected_errors_total", FAMILY_COUNTER,
                                 "Errors of the DIMM that could not be corrected, by EDAC.");
        for (size_t i = 0; i < json_object_array_length(dimms); i++) {
                json_object *dimm = json_object_array_get_idx(dimms, i);
                const char *name = value_text(dimm, "Name");
                const struct label *labels = LABELS({ "dimm", name });

                put_info(info, dimm);
                family_sample(size, json_object_new_uint64(value_number(dimm, "Size")), labels);
                family_sample(online, json_object_new_uint64(value_number(dimm, "OnlineBytes")), labels);
                family_sample(ejectable, json_object_new_int(value_flag(dimm, "Ejectable")), labels);
                family_sample(corrected, errors_of(dimm, "CorrectedErrors"), labels);
                family_sample(uncorrected, errors_of(dimm, "UncorrectedErrors"), labels);
                family_sample(kernel, value_or_null(in_kernel_zones, name), labels);
        }
        return EXIT_DONE;
}

/* What is of no DIMM is in node_exporter's edac collector. */
int metrics_errors(struct metrics *metrics)
{
        sd_bus_message *call = NULL, *reply = NULL;
        int status = client_new_call(metrics->context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER,
                                     "ListErrorCounts", &call);

        if (status == EXIT_DONE)
                status = client_call(metrics->context, call, &reply);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return status;
}
