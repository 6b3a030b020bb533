/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/decide.h"

#include "basic/saturated.h"

#include <fnmatch.h>

const char *online_why_name(enum online_why why)
{
        static const char *const names[_WHY_MAX] = {
                [WHY_OFF] = "off",
                [WHY_OTHERS] = "others",
                [WHY_SAME_DIMM] = "same_dimm",
                [WHY_RULE] = "rule",
                [WHY_DEFAULT] = "default",
                [WHY_RATIO] = "movable_ratio",
                [WHY_NOT_POSSIBLE] = "zone_not_possible",
        };

        return names[why];
}

const char *new_memory_driver(const struct new_memory *memory)
{
        return memory->driver[0] ? memory->driver : memory->dimm[0] ? "acpi" : "other";
}

/* "" matches all. */
static bool is_like(const char *pattern, const char *name)
{
        return pattern[0] == '\0' || (name[0] && fnmatch(pattern, name, 0) == 0);
}

static bool matches(const struct online_rule *rule, const struct new_memory *memory)
{
        bool any_size = rule->size_min == 0 && rule->size_max == UINT64_MAX;

        if (rule->node >= 0 && rule->node != memory->node)
                return false;
        if (!is_like(rule->driver, new_memory_driver(memory)) && !is_like(rule->driver, memory->device))
                return false;
        if (!is_like(rule->dimm, memory->dimm) && !is_like(rule->dimm, memory->label))
                return false;
        return any_size || (memory->device_bytes > 0 && memory->device_bytes >= rule->size_min &&
                            memory->device_bytes <= rule->size_max);
}

const struct online_rule *online_rule_find(const struct online_config *config,
                                           const struct new_memory *memory)
{
        for (size_t i = 0; i < config->n_rules; i++)
                if (config->rules[i].zone != TARGET_NONE && matches(&config->rules[i], memory))
                        return &config->rules[i];
        return NULL;
}

uint64_t online_most_movable(uint32_t ratio, uint64_t kernel_bytes)
{
        if (ratio == ONLINE_RATIO_NONE)
                return UINT64_MAX;
        return add_saturated(multiply_saturated(kernel_bytes / 100, ratio),
                             kernel_bytes % 100 * ratio / 100);
}

/* Whether so much more movable memory is within the bound. */
static bool is_within(uint32_t ratio, const struct online_machine *machine, uint64_t more)
{
        uint64_t movable = add_saturated(machine->movable_bytes, more);

        return movable <= online_most_movable(ratio, machine->kernel_bytes);
}

static bool is_possible(enum online_target target, const struct new_memory *memory)
{
        return target == TARGET_MOVABLE  ? memory->can_movable
               : target == TARGET_KERNEL ? memory->can_kernel
                                         : true;
}

static void choose(const struct online_config *config, const struct new_memory *memory,
                   const struct online_machine *machine, struct online_verdict *verdict)
{
        verdict->rule = online_rule_find(config, memory);
        verdict->why = verdict->rule ? WHY_RULE : WHY_DEFAULT;
        verdict->wanted = verdict->rule ? verdict->rule->zone : config->zone;
        verdict->ratio = verdict->rule && verdict->rule->ratio != ONLINE_RATIO_OF_ALL ? verdict->rule->ratio
                                                                                      : config->ratio;
        verdict->target = verdict->wanted;
        if (verdict->wanted == TARGET_OFFLINE)
                return;
        if (memory->others != TARGET_NONE) {
                verdict->target = memory->others;
                verdict->why = WHY_SAME_DIMM;
        } else if (verdict->wanted == TARGET_MOVABLE &&
                   !is_within(verdict->ratio, machine, memory->new_bytes)) {
                verdict->target = TARGET_KERNEL;
                verdict->why = WHY_RATIO;
        }
        if (!is_possible(verdict->target, memory)) {
                verdict->target = TARGET_OFFLINE;
                verdict->why = WHY_NOT_POSSIBLE;
        }
}

struct online_verdict online_decide(const struct online_config *config, const struct new_memory *memory,
                                    const struct online_machine *machine, const char *others, bool as_if)
{
        struct online_verdict verdict = { .target = TARGET_OFFLINE };

        choose(config, memory, machine, &verdict);
        if (verdict.target == TARGET_OFFLINE)
                return verdict;
        if (!config->enabled && !as_if) {
                verdict.target = TARGET_OFFLINE;
                verdict.why = WHY_OFF;
        } else if (others && !config->force) {
                verdict.target = TARGET_OFFLINE;
                verdict.why = WHY_OTHERS;
        }
        return verdict;
}

bool online_config_may_kernel(const struct online_config *config)
{
        bool may = config->zone == TARGET_KERNEL || config->ratio != ONLINE_RATIO_NONE;

        for (size_t i = 0; i < config->n_rules; i++)
                may |= config->rules[i].zone == TARGET_KERNEL ||
                       (config->rules[i].zone == TARGET_MOVABLE &&
                        config->rules[i].ratio < ONLINE_RATIO_OF_ALL);
        return may;
}
