/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/policy.h"

#include "cli/run/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const settings[] = { "vm.compaction_proactiveness", "vm.defrag_mode" };

static json_object *node_at(json_object *policy, size_t index)
{
        return json_object_array_get_idx(value_array(policy, "nodes"), index);
}

static size_t count_nodes(json_object *policy)
{
        json_object *nodes = value_array(policy, "nodes");

        return nodes ? json_object_array_length(nodes) : 0;
}

/* Of a node it is known what would be done, only where it would. */
static bool would_compact(json_object *node)
{
        return json_object_object_get(node, "until");
}

static void tell_node(json_object *node, bool dry)
{
        tell("node %" PRIu64 ": %s: %s; %" PRIu64 " of %" PRIu64 " pieces of order %" PRIu64 " are free",
             value_number(node, "node"), value_text(node, "state"), value_text(node, "reason"),
             value_number(node, "free"), value_number(node, "target"), value_number(node, "order"));
        if (!dry)
                return;
        if (would_compact(node))
                tell("  it would be compacted now, until %" PRIu64 " are free, with at most %" PRIu64
                     " ms of CPU time",
                     value_number(node, "until"), value_number(node, "cpu_usec") / 1000);
        tell("  of %" PRIu64 " pages of memory %" PRIu64
             " are free in smaller pieces; kswapd has worked %" PRIu64
             " ms since the last look; processes waited for memory %" PRIu64 ".%02" PRIu64 " %% of the time",
             value_number(node, "memory_pages"), value_number(node, "small_pages"),
             value_number(node, "kswapd_usec") / 1000, value_number(node, "memory_pressure") / 100,
             value_number(node, "memory_pressure") % 100);
}

static void tell_settings(json_object *policy)
{
        for (size_t i = 0; i < ELEMENTSOF(settings); i++) {
                char wanted[64];

                (void) snprintf(wanted, sizeof(wanted), "wanted_%s", settings[i]);
                if (json_object_object_get(policy, wanted))
                        tell("%s is %s, and is to be %" PRIu64, settings[i],
                             json_object_object_get(policy, settings[i])
                                     ? json_object_get_string(json_object_object_get(policy, settings[i]))
                                     : "not there",
                             value_number(policy, wanted));
        }
        if (*value_text(policy, "vm_fault"))
                tell("Not set: %s", value_text(policy, "vm_fault"));
}

void policy_tell(json_object *policy, bool dry)
{
        uint64_t cpu = value_number(policy, "cpu_permille");

        if (*value_text(policy, "fault"))
                tell("The configuration has a fault, and what was in force before stays so: %s",
                     value_text(policy, "fault"));
        tell("Compaction by itself is %s%s, with at most %" PRIu64 ".%" PRIu64 " %% of a CPU%s%s.",
             value_flag(policy, "enabled") ? "on" : "off",
             value_flag(policy, "enabled") && !value_flag(policy, "running")
                     ? ", but memctld does not run as a service"
                     : "",
             cpu / 10, cpu % 10, *value_text(policy, "quiet") ? ", and not at " : "",
             value_text(policy, "quiet"));
        tell_settings(policy);
        for (size_t i = 0; i < count_nodes(policy); i++)
                tell_node(node_at(policy, i), dry);
}

static json_object *seconds(json_object *object, const char *name)
{
        double value = (double) value_number(object, name) / 1e6;
        char text[32];

        (void) snprintf(text, sizeof(text), "%.3f", value);
        return json_object_new_double_s(value, text);
}

static void put_numbers(json_object *from, json_object *to, const char *const *names)
{
        for (; *names; names++)
                json_object_object_add(to, *names, value_number_or_null(from, *names));
}

static json_object *node_to_json(json_object *node, bool dry)
{
        static const char *const always[] = { "node", "order", "target", "free", NULL };
        static const char *const inputs[] = { "memory_pages", "small_pages", NULL };
        json_object *object = json_object_new_object();

        put_numbers(node, object, always);
        json_object_object_add(object, "state", json_object_new_string(value_text(node, "state")));
        json_object_object_add(object, "reason", json_object_new_string(value_text(node, "reason")));
        if (!dry)
                return object;
        json_object_object_add(object, "would_compact", json_object_new_boolean(would_compact(node)));
        json_object_object_add(object, "until", value_number_or_null(node, "until"));
        json_object_object_add(object, "cpu_seconds",
                               would_compact(node) ? seconds(node, "cpu_usec") : NULL);
        put_numbers(node, object, inputs);
        json_object_object_add(object, "kswapd_seconds", seconds(node, "kswapd_usec"));
        json_object_object_add(object, "memory_pressure", value_number_or_null(node, "memory_pressure"));
        return object;
}

static json_object *text_or_null(json_object *policy, const char *name)
{
        const char *text = value_text(policy, name);

        return *text ? json_object_new_string(text) : NULL;
}

json_object *policy_to_json(json_object *policy, bool dry)
{
        json_object *object = json_object_new_object(), *nodes = json_object_new_array();

        json_object_object_add(object, "enabled", json_object_new_boolean(value_flag(policy, "enabled")));
        json_object_object_add(object, "running", json_object_new_boolean(value_flag(policy, "running")));
        json_object_object_add(object, "cpu_permille", value_number_or_null(policy, "cpu_permille"));
        json_object_object_add(object, "quiet", text_or_null(policy, "quiet"));
        json_object_object_add(object, "fault", text_or_null(policy, "fault"));
        json_object_object_add(object, "not_set", text_or_null(policy, "vm_fault"));
        for (size_t i = 0; i < ELEMENTSOF(settings); i++)
                json_object_object_add(object, settings[i], value_or_null(policy, settings[i]));
        for (size_t i = 0; i < count_nodes(policy); i++)
                json_object_array_add(nodes, node_to_json(node_at(policy, i), dry));
        json_object_object_add(object, "nodes", nodes);
        return object;
}
