/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/config.h"

#include "basic/cleanup.h"
#include "basic/conf.h"
#include "basic/number.h"
#include "daemon/onlining/value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct parser {
        struct online_config config;
        struct online_rule *rule; /* of the section; NULL: it is that of all, or none */
        bool of_all, of_others;
        int node_max;
};

void online_config_init(struct online_config *config)
{
        *config = (struct online_config){ .zone = TARGET_MOVABLE, .ratio = ONLINE_RATIO_DEFAULT };
}

static bool take_enabled(const char *value, struct parser *parser)
{
        return value_take_flag(value, &parser->config.enabled);
}

static bool take_force(const char *value, struct parser *parser)
{
        return value_take_flag(value, &parser->config.force);
}

static bool take_zone(const char *value, struct parser *parser)
{
        enum online_target *zone = parser->rule ? &parser->rule->zone : &parser->config.zone;

        if (!*value) {
                *zone = parser->rule ? TARGET_NONE : TARGET_MOVABLE;
                return true;
        }
        return value_take_target(value, zone);
}

static bool take_ratio(const char *value, struct parser *parser)
{
        return value_take_ratio(value, parser->rule ? &parser->rule->ratio : &parser->config.ratio);
}

static bool take_auto_online(const char *value, struct parser *parser)
{
        static const char *const words[] = {
                "", "offline", "online", "online_kernel", "online_movable", NULL
        };

        return value_take_word(value, words, parser->config.auto_online);
}

static bool take_memmap(const char *value, struct parser *parser)
{
        static const char *const words[] = { "", "yes", "no", "force", NULL };

        return value_take_word(value, words, parser->config.memmap);
}

static bool take_node(const char *value, struct parser *parser)
{
        uint32_t node;

        parser->rule->node = -1;
        if (!*value)
                return true;
        if (parse_u32(value, 10, &node) < 0 || node > (uint32_t) parser->node_max)
                return false;
        parser->rule->node = (int) node;
        return true;
}

static bool take_driver(const char *value, struct parser *parser)
{
        return value_take_pattern(value, parser->rule->driver);
}

static bool take_dimm(const char *value, struct parser *parser)
{
        return value_take_pattern(value, parser->rule->dimm);
}

static bool take_size(const char *value, struct parser *parser)
{
        return value_take_sizes(value, &parser->rule->size_min, &parser->rule->size_max);
}

enum where { OF_ALL = 1, OF_RULES = 2, OF_BOTH = 3 };

static const struct {
        const char *name, *accepted;
        bool (*take)(const char *value, struct parser *parser);
        enum where where;
} keys[] = {
        { "Enabled", "yes or no", take_enabled, OF_ALL },
        { "Zone", "movable, kernel or offline", take_zone, OF_BOTH },
        { "MovableRatio", "a share of the kernel's memory from 1% to 100000%, like 301%, or none",
          take_ratio, OF_BOTH },
        { "Force", "yes or no", take_force, OF_ALL },
        { "AutoOnlineBlocks", "offline, online, online_kernel, online_movable, or nothing", take_auto_online,
          OF_ALL },
        { "MemmapOnMemory", "yes, no, force or nothing", take_memmap, OF_ALL },
        { "Node", "a node that this machine may have, or nothing", take_node, OF_RULES },
        { "Driver", "acpi, other, or the name of a driver or device, like virtio_mem or dax0.*; or nothing",
          take_driver, OF_RULES },
        { "Dimm", "the name or label of DIMMs, like PNP0C80:0*, or nothing", take_dimm, OF_RULES },
        { "Size", "a size like 512M, or sizes like 512M-1G, 512M- or -1G, or nothing", take_size, OF_RULES },
};

static int on_value(void *userdata, const struct conf_place *place, const char *key, const char *value,
                    char **message)
{
        struct parser *parser = userdata;

        if (parser->of_others)
                return 0;
        if (!parser->of_all && !parser->rule)
                return conf_bad(place, key, "[Online] before all else", message);
        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                if (strcmp(keys[i].name, key) != 0 || !(keys[i].where & (parser->rule ? OF_RULES : OF_ALL)))
                        continue;
                return keys[i].take(value, parser) ? 0 : conf_bad(place, value, keys[i].accepted, message);
        }
        return conf_bad(place, key,
                        parser->rule
                                ? "Node, Driver, Dimm, Size, Zone and MovableRatio, of a rule"
                                : "Enabled, Zone, MovableRatio, Force, AutoOnlineBlocks and MemmapOnMemory",
                        message);
}

/* The rule of that name, which begins here if there is none. NULL: there are too many. */
static struct online_rule *rule_of(struct online_config *config, const char *name,
                                   const struct conf_place *place)
{
        struct online_rule *rule;

        for (size_t i = 0; i < config->n_rules; i++)
                if (strcmp(config->rules[i].name, name) == 0)
                        return &config->rules[i];
        if (config->n_rules == ONLINE_RULES_MAX)
                return NULL;
        rule = &config->rules[config->n_rules++];
        *rule = (struct online_rule){ .node = -1, .size_max = UINT64_MAX, .ratio = ONLINE_RATIO_OF_ALL };
        (void) snprintf(rule->name, sizeof(rule->name), "%s", name);
        (void) snprintf(rule->place, sizeof(rule->place), "%.360s:%u", place->path, place->line);
        return rule;
}

bool online_rule_name_is_good(const char *name)
{
        size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

        return n > 0 && n < ONLINE_NAME_MAX && name[n] == '\0';
}

static int on_section(void *userdata, const struct conf_place *place, const char *name, char **message)
{
        static const char prefix[] = POLICY_SECTION_ONLINE;
        const char *rule = name + sizeof(prefix) - 1;
        struct parser *parser = userdata;

        parser->rule = NULL;
        parser->of_others = policy_section_is_of_others(name, prefix);
        parser->of_all = strcmp(name, prefix) == 0;
        if (parser->of_others || parser->of_all)
                return 0;
        if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 || *rule != ' ')
                return conf_bad(place, name, "[Online], or [Online NAME] for a rule", message);
        rule += strspn(rule, " \t");
        if (!online_rule_name_is_good(rule))
                return conf_bad(
                        place, name,
                        "[Online NAME], a name of up to 63 letters, digits and characters of \"-_.\"",
                        message);
        parser->rule = rule_of(&parser->config, rule, place);
        return parser->rule ? 0 : conf_bad(place, name, "at most 64 rules", message);
}

int online_config_parse(const char *path, const char *text, size_t size, int node_max,
                        struct online_config *config, char **message)
{
        static const struct conf_reader reader = { on_section, on_value };
        struct parser *parser = calloc(1, sizeof(*parser));
        int r;

        if (!parser)
                return -ENOMEM;
        parser->config = *config;
        parser->node_max = node_max;
        r = conf_read(path, text, size, &reader, parser, NULL, message);
        if (r >= 0)
                *config = parser->config;
        free(parser);
        return r;
}

static void init(void *config)
{
        online_config_init(config);
}

static int parse(const char *path, const char *text, size_t size, int node_max, void *config, char **message)
{
        return online_config_parse(path, text, size, node_max, config, message);
}

const struct policy_kind online_kind = { sizeof(struct online_config), init, parse };
