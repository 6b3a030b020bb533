/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/show/online_policy.h"

#include "cli/run/say.h"

#include <inttypes.h>
#include <string.h>

static size_t count(json_object *policy, const char *name)
{
        json_object *list = value_array(policy, name);

        return list ? json_object_array_length(list) : 0;
}

static json_object *item(json_object *policy, const char *name, size_t index)
{
        return json_object_array_get_idx(value_array(policy, name), index);
}

static const char * or (const char *text, const char *instead)
{
        return *text ? text : instead;
}

static void tell_rule(json_object *rule)
{
        static const struct {
                const char *key, *text;
        } matches[] = { { "driver", "driver" }, { "dimm", "DIMM" }, { "size", "size" } };
        char what[512] = "", node[32] = "";
        size_t n = 0;

        if (json_object_object_get(rule, "node"))
                (void) snprintf(node, sizeof(node), " node %" PRIu64, value_number(rule, "node"));
        for (size_t i = 0; i < ELEMENTSOF(matches) && n < sizeof(what); i++)
                if (*value_text(rule, matches[i].key))
                        n += (size_t) snprintf(what + n, sizeof(what) - n, " %s %s", matches[i].text,
                                               value_text(rule, matches[i].key));
        tell("Rule %s:%s%s%s: %s%s%s (%s)", value_text(rule, "name"), node, what,
             node[0] || what[0] ? "" : " all",
             or (value_text(rule, "zone"), "no Zone=, and so it decides nothing"),
             *value_text(rule, "movable_ratio") ? ", MovableRatio=" : "", value_text(rule, "movable_ratio"),
             value_text(rule, "place"));
}

static void tell_deciders(json_object *policy)
{
        for (size_t i = 0; i < count(policy, "deciders"); i++) {
                json_object *decider = item(policy, "deciders", i);
                bool driver = *value_text(decider, "driver") != '\0';

                tell("%s, too: %s %s (%s%s%s)", value_flag(decider, "acts") ? "Decides" : "Could decide",
                     value_text(decider, "kind"), value_text(decider, "does"), value_text(decider, "source"),
                     driver ? ", of driver " : "", value_text(decider, "driver"));
        }
}

/* "512 MiB on node 1 that acpi has brought" */
static void tell_memory(json_object *memory, const char *what)
{
        _cleanup_free_ char *size = human_size(value_number(memory, "bytes"));

        tell("%s: %s on node %d, brought by %s: %s: %s%s%s", value_text(memory, "name"), size ? size : "?",
             json_object_get_int(json_object_object_get(memory, "node")), value_text(memory, "driver"), what,
             value_text(memory, "reason"), *value_text(memory, "error") ? "; " : "",
             value_text(memory, "error"));
}

static void tell_handled(json_object *memory)
{
        static const struct {
                const char *state, *text;
        } states[] = {
                { "running", "is brought online now, in zone %s" },
                { "waiting", "is tried again soon, in zone %s" },
                { "done", "was brought online, in zone %s" },
                { "there", "was online already, in zone %s" },
                { "left", "was left offline" },
                { "failed", "could not be brought online, in zone %s" },
                { "gone", "was taken out before it came online" },
        };
        char text[96] = "?";

        for (size_t i = 0; i < ELEMENTSOF(states); i++)
                if (strcmp(value_text(memory, "state"), states[i].state) == 0) {
                        const char *zone = strstr(states[i].text, "%s");

                        (void) snprintf(text, sizeof(text), "%.*s%s",
                                        (int) (zone ? zone - states[i].text : (long) strlen(states[i].text)),
                                        states[i].text,
                                        zone ? or (value_text(memory, "zone"), "several") : "");
                }
        tell_memory(memory, text);
}

static void tell_would(json_object *memory)
{
        char text[96];
        const char *zone = value_text(memory, "zone");
        bool left = strcmp(zone, "offline") == 0;

        (void) snprintf(text, sizeof(text), "is %s now; would %s%s", value_text(memory, "now"),
                        left ? "be left offline" : "go to zone ", left ? "" : zone);
        tell_memory(memory, text);
}

static void tell_setting(json_object *policy, const char *name)
{
        char wanted[64];

        (void) snprintf(wanted, sizeof(wanted), "wanted_%s", name);
        if (*value_text(policy, name) || *value_text(policy, wanted))
                tell("%s is %s%s%s", name, or (value_text(policy, name), "not there"),
                     *value_text(policy, wanted) ? ", and is to be " : "", value_text(policy, wanted));
}

static void tell_all_in_all(json_object *policy)
{
        bool enabled = value_flag(policy, "enabled");
        _cleanup_free_ char *movable = human_size(value_number(policy, "movable_bytes")),
                            *kernel = human_size(value_number(policy, "kernel_bytes"));

        tell("Bringing new memory online by itself is %s%s%s.", enabled ? "on" : "off",
             enabled && !value_flag(policy, "running") ? ", but memctld does not run as a service" : "",
             value_flag(policy, "force") ? ", although others do so, too (Force=yes)" : "");
        tell("What no rule matches %s%s; MovableRatio=%s, and %s are movable now, %s the kernel's.",
             strcmp(value_text(policy, "zone"), "offline") == 0 ? "is left offline" : "goes to zone ",
             strcmp(value_text(policy, "zone"), "offline") == 0 ? "" : value_text(policy, "zone"),
             value_text(policy, "movable_ratio"), movable ? movable : "?", kernel ? kernel : "?");
}

void online_policy_tell(json_object *policy, bool dry)
{
        if (*value_text(policy, "fault"))
                tell("The configuration has a fault, and what was in force before stays so: %s",
                     value_text(policy, "fault"));
        tell_all_in_all(policy);
        for (size_t i = 0; i < count(policy, "rules"); i++)
                tell_rule(item(policy, "rules", i));
        tell_setting(policy, "auto_online_blocks");
        tell_setting(policy, "memmap_on_memory");
        if (*value_text(policy, "not_set"))
                tell("Not set: %s", value_text(policy, "not_set"));
        tell_deciders(policy);
        for (size_t i = 0; i < count(policy, "memory"); i++)
                tell_handled(item(policy, "memory", i));
        for (size_t i = 0; dry && i < count(policy, "would"); i++)
                tell_would(item(policy, "would", i));
        for (size_t i = 0; i < count(policy, "warnings"); i++)
                tell("Warning: %s.", json_object_get_string(item(policy, "warnings", i)));
}

/* A list of objects, of which each has all these keys: null where there is none. */
static json_object *list_to_json(json_object *policy, const char *name, const char *const *keys)
{
        json_object *list = json_object_new_array();

        for (size_t i = 0; i < count(policy, name); i++) {
                json_object *object = json_object_new_object();

                for (const char *const *key = keys; *key; key++) {
                        json_object *value = value_or_null(item(policy, name, i), *key);

                        if (json_object_is_type(value, json_type_string) &&
                            json_object_get_string_len(value) == 0) {
                                json_object_put(value);
                                value = NULL;
                        }
                        json_object_object_add(object, *key, value);
                }
                json_object_array_add(list, object);
        }
        return list;
}

json_object *online_policy_to_json(json_object *policy, bool dry)
{
        static const char *const keys[] = { "enabled",
                                            "running",
                                            "force",
                                            "zone",
                                            "movable_ratio",
                                            "movable_bytes",
                                            "kernel_bytes",
                                            "auto_online_blocks",
                                            "wanted_auto_online_blocks",
                                            "memmap_on_memory",
                                            "wanted_memmap_on_memory",
                                            "next_memmap_on_memory",
                                            "fault",
                                            "not_set",
                                            "warnings",
                                            NULL };
        static const char *const rule[] = { "name", "place", "node",          "driver", "dimm",
                                            "size", "zone",  "movable_ratio", NULL };
        static const char *const decider[] = { "kind", "source", "does", "acts", "driver", NULL };
        static const char *const memory[] = { "name",  "blocks", "driver", "node", "device_bytes",
                                              "bytes", "state",  "zone",   "why",  "reason",
                                              "error", "job",    "tries",  NULL };
        static const char *const would[] = { "name", "blocks", "driver", "node", "device_bytes", "bytes",
                                             "now",  "zone",   "why",    "rule", "reason",       NULL };
        json_object *object = json_object_new_object();

        for (const char *const *key = keys; *key; key++)
                json_object_object_add(object, *key, value_or_null(policy, *key));
        json_object_object_add(object, "rules", list_to_json(policy, "rules", rule));
        json_object_object_add(object, "deciders", list_to_json(policy, "deciders", decider));
        json_object_object_add(object, "memory", list_to_json(policy, "memory", memory));
        if (dry)
                json_object_object_add(object, "would", list_to_json(policy, "would", would));
        return object;
}
