/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctld compacts by itself, a node each: docs/compaction.md has the states.
 */
#include "cli/metrics/sources.h"

#include "cli/daemon/client.h"
#include "memctl/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *const states[] = {
        "off",  "gone",    "refused",     "reached",     "quiet",   "reclaiming",
        "busy", "no_room", "backing_off", "over_budget", "pressed", "wanted",
};

static int ask(struct context *context, json_object **ret)
{
        sd_bus_message *call = NULL;
        int status = client_new_call(context, MEMCTL_BUS_PATH, MEMCTL_IFACE_MANAGER, "GetCompactionPolicy",
                                     &call);

        if (status == EXIT_DONE) {
                int r = sd_bus_message_append(call, "b", 0);

                status = r < 0 ? client_failed(context, NULL, r) : value_answer(context, call, ret);
        }
        sd_bus_message_unref(call);
        if (status == EXIT_DONE && !value_is_list_of(value_array(*ret, "nodes"), json_type_object))
                return client_bad_answer();
        return status;
}

/* Of all that is free, the share in pieces that are too small; NULL: nothing is free. */
static json_object *unusable(json_object *node)
{
        double small = (double) value_number(node, "small_pages");
        double large = (double) value_number(node, "free") *
                       (double) (UINT64_C(1) << (value_number(node, "order") & 31));
        char text[32];

        if (small + large <= 0)
                return NULL;
        (void) snprintf(text, sizeof(text), "%.6f", small / (small + large));
        return json_object_new_double_s(small / (small + large), text);
}

struct families {
        json_object *state, *target, *free, *unusable, *attempts, *gains, *seconds;
};

static void put_node(const struct families *to, json_object *node)
{
        char number[24], order[24];
        const struct label *by_order, *by_node;

        (void) snprintf(number, sizeof(number), "%" PRIu64, value_number(node, "node"));
        (void) snprintf(order, sizeof(order), "%" PRIu64, value_number(node, "order"));
        by_order = LABELS({ "node", number }, { "order", order });
        by_node = LABELS({ "node", number });
        for (size_t i = 0; i < ELEMENTSOF(states); i++)
                family_sample(to->state,
                              json_object_new_int(strcmp(value_text(node, "state"), states[i]) == 0),
                              LABELS({ "node", number }, { "state", states[i] }));
        family_sample(to->target, value_number_or_null(node, "target"), by_order);
        family_sample(to->free, value_number_or_null(node, "free"), by_order);
        family_sample(to->unusable, unusable(node), by_order);
        family_sample(to->attempts, value_number_or_null(node, "attempts"), by_node);
        family_sample(to->gains, value_number_or_null(node, "gains"), by_node);
        family_sample(to->seconds, family_seconds(value_number(node, "spent_usec")), by_node);
}

int metrics_compaction(struct metrics *metrics)
{
        _cleanup_json_ json_object *policy = NULL;
        struct families families;
        json_object *nodes, *all = metrics->families;
        int status = ask(metrics->context, &policy);

        if (status != EXIT_DONE)
                return status;
        nodes = value_array(policy, "nodes");
        family_sample(family_add(all, "memctl_compaction_enabled", FAMILY_GAUGE,
                                 "Whether memctld compacts some node by itself."),
                      json_object_new_int(value_flag(policy, "enabled") && value_flag(policy, "running")),
                      NO_LABELS);
        family_sample(family_add(all, "memctl_compaction_config_bad", FAMILY_GAUGE,
                                 "Whether the configuration has a fault, so that an older one is in force."),
                      json_object_new_int(*value_text(policy, "fault") != '\0'), NO_LABELS);
        families.state = family_add(all, "memctl_compaction_state", FAMILY_GAUGE,
                                    "1 for the state that the node is in, as memctld sees it.");
        families.target = family_add(all, "memctl_compaction_target_pieces", FAMILY_GAUGE,
                                     "Pieces of the order that are to be free on the node.");
        families.free =
                family_add(all, "memctl_compaction_free_pieces", FAMILY_GAUGE,
                           "Pieces of the order that are free, or that larger ones can be split into.");
        families.unusable = family_add(all, "memctl_free_unusable_ratio", FAMILY_GAUGE,
                                       "Of the node's free memory, the share in pieces below the order.");
        families.attempts = family_add(all, "memctl_compaction_attempts_total", FAMILY_COUNTER,
                                       "Times that memctld has compacted the node by itself.");
        families.gains = family_add(all, "memctl_compaction_gains_total", FAMILY_COUNTER,
                                    "Those of them behind which more was free than ever before.");
        families.seconds =
                family_add(all, "memctl_compaction_cpu_seconds_total", FAMILY_COUNTER, "CPU time of them.");
        for (size_t i = 0; i < json_object_array_length(nodes); i++)
                put_node(&families, json_object_array_get_idx(nodes, i));
        return EXIT_DONE;
}
