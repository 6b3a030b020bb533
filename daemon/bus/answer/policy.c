/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus/answer/policy.h"

#include "daemon/bus/value/strings.h"
#include "daemon/policy/vm.h"

#include <stdio.h>

static int append_node(sd_bus_message *m, const void *list, size_t index)
{
        const struct policy_view *view = &((const struct policy_views *) list)->items[index];
        const struct compaction_inputs *inputs = &view->inputs;
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}", "node", "u", (uint32_t) view->node, "order",
                                  "u", view->order, "target", "t", view->target, "free", "t",
                                  inputs->free_pieces, "state", "s", compaction_state_name(view->state),
                                  "reason", "s", policy_state_reason(view));
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}", "memory_pages", "t",
                                          inputs->memory_pages, "small_pages", "t", inputs->small_pages,
                                          "kswapd_usec", "t", view->kswapd_usec, "memory_pressure", "u",
                                          inputs->memory_pressure, "budget_usec", "x", view->budget_usec,
                                          "wait_usec", "t", view->wait_usec);
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}{sv}", "attempts", "t", view->attempts, "gains", "t",
                                          view->gains, "spent_usec", "t", view->spent_usec);
        if (r < 0 || !view->action.compact)
                return r;
        return sd_bus_message_append(m, "{sv}{sv}", "until", "t", view->action.until, "cpu_usec", "t",
                                     view->action.cpu_usec);
}

static int append_quiet(sd_bus_message *m, const struct compaction_config *config)
{
        char text[QUIET_TEXT_MAX];

        compaction_config_quiet_text(config, text);
        return sd_bus_message_append(m, "{sv}", "quiet", "s", text);
}

/* What the kernel has, and what is asked for. */
static int append_vm(sd_bus_message *m, const struct policy_answer *answer)
{
        int r = 0;

        for (enum vm_setting setting = 0; r >= 0 && setting < _VM_SETTING_MAX; setting++) {
                char wanted[64];

                (void) snprintf(wanted, sizeof(wanted), "wanted_%s", vm_setting_name(setting));
                if (answer->vm[setting] >= 0)
                        r = sd_bus_message_append(m, "{sv}", vm_setting_name(setting), "i",
                                                  answer->vm[setting]);
                if (r >= 0 && answer->state.config.vm[setting] >= 0)
                        r = sd_bus_message_append(m, "{sv}", wanted, "i", answer->state.config.vm[setting]);
        }
        return r;
}

static int append_text(sd_bus_message *m, const char *name, const char *text)
{
        return text ? sd_bus_message_append(m, "{sv}", name, "s", text) : 0;
}

static int append_sample(sd_bus_message *m, const void *trail, size_t index)
{
        const struct trail_sample *sample = trail_get(trail, index);

        return sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}", "usec", "t", sample->usec, "node", "u",
                                     (uint32_t) sample->node, "order", "u", sample->order, "free_pages", "t",
                                     sample->free_pages, "small_pages", "t", sample->small_pages);
}

int policy_append(sd_bus_message *m, const struct policy_answer *answer)
{
        const struct compaction_config *config = &answer->state.config;
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}{sv}", "enabled", "b",
                                          (int) policy_state_is_on(&answer->state), "running", "b",
                                          (int) answer->acts, "cpu_permille", "u", config->cpu);
        if (r >= 0)
                r = append_quiet(m, config);
        if (r >= 0)
                r = append_vm(m, answer);
        if (r >= 0)
                r = append_text(m, "fault", answer->fault);
        if (r >= 0)
                r = append_text(m, "vm_fault", answer->vm_fault);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "nodes", append_node, &answer->views, answer->views.n);
        if (r >= 0)
                r = bus_append_dictionaries_entry(m, "history", append_sample, answer->trail,
                                                  answer->trail->n);
        return r < 0 ? r : sd_bus_message_close_container(m);
}
