/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/online.h"

#include "basic/clock.h"
#include "basic/saturated.h"
#include "daemon/bus/value/strings.h"

/* NULL and "" are left out. */
static int append_text(sd_bus_message *m, const char *name, const char *text)
{
        return text && *text ? sd_bus_message_append(m, "{sv}", name, "s", text) : 0;
}

static int append_ratio(sd_bus_message *m, uint32_t ratio)
{
        char text[ONLINE_RATIO_TEXT_MAX];

        if (ratio == ONLINE_RATIO_OF_ALL)
                return 0;
        online_ratio_text(ratio, text);
        return append_text(m, "movable_ratio", text);
}

static int append_rule(sd_bus_message *m, const void *list, size_t index)
{
        const struct online_rule *rule = &((const struct online_config *) list)->rules[index];
        char sizes[ONLINE_SIZES_MAX];
        int r;

        online_rule_sizes_text(rule, sizes);
        r = sd_bus_message_append(m, "{sv}{sv}{sv}", "name", "s", rule->name, "place", "s", rule->place,
                                  "zone", "s", online_target_name(rule->zone));
        if (r >= 0 && rule->node >= 0)
                r = sd_bus_message_append(m, "{sv}", "node", "i", rule->node);
        if (r >= 0)
                r = append_text(m, "driver", rule->driver);
        if (r >= 0)
                r = append_text(m, "dimm", rule->dimm);
        if (r >= 0)
                r = append_text(m, "size", sizes);
        return r < 0 ? r : append_ratio(m, rule->ratio);
}

static int append_decider(sd_bus_message *m, const void *list, size_t index)
{
        const struct decider *decider = &((const struct deciders *) list)->items[index];
        int r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}", "kind", "s", decider_kind_name(decider->kind),
                                      "source", "s", decider->source, "does", "s", decider->does, "acts",
                                      "b", (int) decider->acts);

        return r < 0 ? r : append_text(m, "driver", decider->driver);
}

static int append_handled(sd_bus_message *m, const void *list, size_t index)
{
        const struct handled *handled = &((const struct handled_list *) list)->items[index];
        int r = sd_bus_message_append(
                m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "name", "s", handled->name, "blocks", "s",
                handled->text, "driver", "s", handled->driver, "node", "i", handled->node, "device_bytes",
                "t", handled->device_bytes, "bytes", "t", handled->bytes, "state", "s",
                handled_state_name(handled->state), "zone", "s", online_target_name(handled->target), "why",
                "s", online_why_name(handled->why), "reason", "s", handled->reason, "tries", "u",
                handled->tries);

        if (r >= 0)
                r = append_text(m, "error", handled->error);
        if (r >= 0 && handled->job > 0)
                r = sd_bus_message_append(m, "{sv}", "job", "u", handled->job);
        if (r < 0 || handled->state != HANDLED_WAITING)
                return r;
        return sd_bus_message_append(m, "{sv}", "wait_usec", "t",
                                     subtract_to_zero(handled->wait_until, clock_usec(CLOCK_MONOTONIC)));
}

static int append_preview(sd_bus_message *m, const void *list, size_t index)
{
        const struct preview *preview = &((const struct previews *) list)->items[index];
        const struct newcomer *newcomer = preview->newcomer;
        const struct new_memory *memory = &newcomer->memory;
        int r = sd_bus_message_append(
                m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "name", "s", newcomer->name, "blocks", "s",
                newcomer->text, "driver", "s", new_memory_driver(memory), "node", "i", memory->node,
                "device_bytes", "t", memory->device_bytes, "bytes", "t", memory->new_bytes, "now", "s",
                preview->now, "zone", "s", online_target_name(preview->verdict.target), "why", "s",
                online_why_name(preview->verdict.why), "reason", "s", preview->reason);

        return r < 0 || !preview->verdict.rule ? r : append_text(m, "rule", preview->verdict.rule->name);
}

static int append_warnings(sd_bus_message *m, const struct online_answer *answer)
{
        const struct online_settings settings = { answer->read->auto_online, answer->read->memmap,
                                                  answer->read->boot.parameter };
        char *warnings[WARNINGS_MAX];
        int n = online_warnings(answer->config, &answer->read->deciders, &settings, warnings), r;

        if (n < 0)
                return n;
        r = bus_append_strings_entry(m, "warnings", warnings, (size_t) n);
        while (n > 0)
                free(warnings[--n]);
        return r;
}

static int append_settings(sd_bus_message *m, const struct online_answer *answer)
{
        const struct online_config *config = answer->config;
        int r = append_ratio(m, config->ratio);

        if (r >= 0)
                r = append_text(m, "auto_online_blocks", answer->read->auto_online);
        if (r >= 0)
                r = append_text(m, "wanted_auto_online_blocks", config->auto_online);
        if (r >= 0)
                r = append_text(m, "memmap_on_memory", answer->read->memmap);
        if (r >= 0)
                r = append_text(m, "wanted_memmap_on_memory", config->memmap);
        if (r >= 0)
                r = append_text(m, "next_memmap_on_memory", answer->read->boot.parameter);
        if (r >= 0)
                r = append_text(m, "fault", answer->fault);
        return r < 0 ? r : append_text(m, "not_set", answer->view.setting_fault);
}

static int append_lists(sd_bus_message *m, const struct online_answer *answer)
{
        const struct handled_list *handled = answer->view.handled;
        int r = bus_append_dictionaries_entry(m, "rules", append_rule, answer->config,
                                              answer->config->n_rules);

        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "deciders", append_decider, &answer->read->deciders,
                                                  answer->read->deciders.n);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "memory", append_handled, handled, handled->n);
        if (r < 0 || !answer->previews)
                return r;
        return bus_append_dictionaries_entry(m, "would", append_preview, answer->previews,
                                             answer->previews->n);
}

int online_append(sd_bus_message *m, const struct online_answer *answer)
{
        const struct online_config *config = answer->config;
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(
                        m, "{sv}{sv}{sv}{sv}{sv}{sv}", "enabled", "b", (int) config->enabled, "running", "b",
                        (int) answer->view.acts, "force", "b", (int) config->force, "zone", "s",
                        online_target_name(config->zone), "movable_bytes", "t",
                        answer->machine.movable_bytes, "kernel_bytes", "t", answer->machine.kernel_bytes);
        if (r >= 0)
                r = append_settings(m, answer);
        if (r >= 0)
                r = append_lists(m, answer);
        if (r >= 0)
                r = append_warnings(m, answer);
        return r < 0 ? r : sd_bus_message_close_container(m);
}
