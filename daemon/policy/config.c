/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/config.h"

#include "basic/conf.h"
#include "basic/job_options.h"
#include "basic/message.h"
#include "basic/number.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PIECES_MAX (UINT64_C(1) << 40)

struct parser {
        struct compaction_config config;
        struct compaction_target *target; /* of the section; NULL: none has begun */
        bool of_all;                      /* the section is that of all nodes */
        bool of_others;                   /* it is none of compaction */
        int node_max;
};

void compaction_config_init(struct compaction_config *config)
{
        *config = (struct compaction_config){
                .all = { .node = -1, .order = -1, .share = 50 },
                .cpu = 10,
                .vm = { VM_SETTING_NONE, VM_SETTING_NONE },
        };
}

static bool take_enabled(const char *value, struct parser *parser)
{
        parser->target->enabled = strcmp(value, "yes") == 0;
        return parser->target->enabled || strcmp(value, "no") == 0;
}

static bool take_order(const char *value, struct parser *parser)
{
        uint64_t order;

        if (parse_u64(value, 10, &order) < 0 || order > ORDER_MAX)
                return false;
        parser->target->order = (int) order;
        return true;
}

/* "5%", "0.5%": thousandths. */
static bool read_share(const char *value, unsigned int most, unsigned int *ret)
{
        char whole[16] = "";
        unsigned int tenths = 0;
        uint64_t number;
        size_t n = strspn(value, "0123456789");

        if (n == 0 || n >= sizeof(whole))
                return false;
        memcpy(whole, value, n);
        value += n;
        if (*value == '.') {
                if (value[1] < '0' || value[1] > '9')
                        return false;
                tenths = (unsigned int) (value[1] - '0');
                value += 2;
        }
        if (strcmp(value, "%") != 0 || parse_u64(whole, 10, &number) < 0 || number > most / 10)
                return false;
        *ret = (unsigned int) number * 10 + tenths;
        return *ret > 0 && *ret <= most;
}

static bool take_free(const char *value, struct parser *parser)
{
        struct compaction_target *target = parser->target;
        uint64_t pieces = 0;
        unsigned int share = 0;

        if (!read_share(value, 500, &share) &&
            (parse_u64(value, 10, &pieces) < 0 || pieces == 0 || pieces > PIECES_MAX))
                return false;
        target->pieces = pieces;
        target->share = share;
        return true;
}

static bool take_cpu(const char *value, struct parser *parser)
{
        return read_share(value, COMPACTION_CPU_MAX, &parser->config.cpu);
}

/* "08:00" */
static bool read_minute(const char *text, unsigned int *ret)
{
        for (size_t i = 0; i < 5; i++)
                if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9')
                        return false;
        *ret = (unsigned int) (((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] -
                               '0');
        return text[0] * 10 + text[1] <= '2' * 10 + '4' && text[3] < '6' && *ret <= 24 * 60;
}

static bool take_quiet(const char *value, struct parser *parser)
{
        struct compaction_config *config = &parser->config;

        config->n_quiet = 0;
        for (;;) {
                struct quiet_time *quiet = &config->quiet[config->n_quiet];

                value += strspn(value, " \t");
                if (*value == '\0')
                        return true;
                if (config->n_quiet == QUIET_TIMES_MAX || strlen(value) < 11 || value[5] != '-' ||
                    !read_minute(value, &quiet->from) || !read_minute(value + 6, &quiet->to) ||
                    quiet->from == quiet->to || !strchr(" \t", value[11]))
                        return false;
                config->n_quiet++;
                value += 11;
        }
}

static bool take_proactiveness(const char *value, struct parser *parser)
{
        int *ret = &parser->config.vm[VM_PROACTIVENESS];
        uint64_t number;

        *ret = VM_SETTING_NONE;
        if (!*value)
                return true;
        if (parse_u64(value, 10, &number) < 0 || number > 100)
                return false;
        *ret = (int) number;
        return true;
}

static bool take_defrag_mode(const char *value, struct parser *parser)
{
        bool yes = strcmp(value, "yes") == 0;

        parser->config.vm[VM_DEFRAG_MODE] = *value ? yes : VM_SETTING_NONE;
        return !*value || yes || strcmp(value, "no") == 0;
}

static const struct {
        const char *name, *accepted;
        bool (*take)(const char *value, struct parser *parser);
        bool of_nodes; /* each may have its own */
} keys[] = {
        { "Enabled", "yes or no", take_enabled, true },
        { "Order", "an order of the page allocator, from 0 to 31", take_order, true },
        { "Free", "a number of pieces, or a share of the node's memory from 0.1% to 50%", take_free, true },
        { "CPU", "a share of one CPU, from 0.1% to 100%", take_cpu, false },
        { "Quiet", "times like 22:00-06:00, at most eight, or nothing", take_quiet, false },
        { "Proactiveness", "a number from 0 to 100, or nothing", take_proactiveness, false },
        { "DefragMode", "yes, no or nothing", take_defrag_mode, false },
};

static int on_value(void *userdata, const struct conf_place *place, const char *key, const char *value,
                    char **message)
{
        struct parser *parser = userdata;

        if (parser->of_others)
                return 0;
        if (!parser->target)
                return conf_bad(place, key, "[Compaction] before all else", message);
        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                if (strcmp(keys[i].name, key) != 0 || (!parser->of_all && !keys[i].of_nodes))
                        continue;
                return keys[i].take(value, parser) ? 0 : conf_bad(place, value, keys[i].accepted, message);
        }
        return conf_bad(place, key,
                        parser->of_all ? "Enabled, Order, Free, CPU, Quiet, Proactiveness and DefragMode"
                                       : "Enabled, Order and Free, of one node",
                        message);
}

/* The node's own target, which begins as that of all. NULL: there are too many. */
static struct compaction_target *own_target(struct compaction_config *config, int node)
{
        size_t i = 0;

        while (i < config->n_nodes && config->nodes[i].node < node)
                i++;
        if (i < config->n_nodes && config->nodes[i].node == node)
                return &config->nodes[i];
        if (config->n_nodes == CONFIG_NODES_MAX)
                return NULL;
        memmove(&config->nodes[i + 1], &config->nodes[i], (config->n_nodes - i) * sizeof(*config->nodes));
        config->n_nodes++;
        config->nodes[i] = config->all;
        config->nodes[i].node = node;
        return &config->nodes[i];
}

static int on_section(void *userdata, const struct conf_place *place, const char *name, char **message)
{
        static const char prefix[] = POLICY_SECTION_COMPACTION;
        struct parser *parser = userdata;
        const char *number = name + sizeof(prefix) - 1;
        uint32_t node;

        parser->of_others = policy_section_is_of_others(name, prefix);
        if (parser->of_others)
                return 0;
        parser->of_all = strcmp(name, prefix) == 0;
        if (parser->of_all) {
                parser->target = &parser->config.all;
                return 0;
        }
        if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 || *number != ' ' ||
            parse_u32(number + 1, 10, &node) < 0 || node > INT16_MAX)
                return conf_bad(place, name, "[Compaction], or [Compaction N] of node N", message);
        if ((int) node > parser->node_max) {
                char accepted[48];

                (void) snprintf(accepted, sizeof(accepted), "a node of this machine, up to %d",
                                parser->node_max);
                return conf_bad(place, name, accepted, message);
        }
        parser->target = own_target(&parser->config, (int) node);
        return parser->target ? 0 : conf_bad(place, name, "at most 64 nodes", message);
}

int compaction_config_parse(const char *path, const char *text, size_t size, int node_max,
                            struct compaction_config *config, char **message)
{
        static const struct conf_reader reader = { on_section, on_value };
        struct parser parser = { .config = *config, .node_max = node_max };
        int r = conf_read(path, text, size, &reader, &parser, NULL, message);

        if (r >= 0)
                *config = parser.config;
        return r;
}

static void init(void *config)
{
        compaction_config_init(config);
}

static int parse(const char *path, const char *text, size_t size, int node_max, void *config, char **message)
{
        return compaction_config_parse(path, text, size, node_max, config, message);
}

const struct policy_kind compaction_kind = { sizeof(struct compaction_config), init, parse };

const struct compaction_target *compaction_config_of_node(const struct compaction_config *config, int node)
{
        for (size_t i = 0; i < config->n_nodes; i++)
                if (config->nodes[i].node == node)
                        return &config->nodes[i];
        return &config->all;
}

bool compaction_config_is_quiet(const struct compaction_config *config, unsigned int minute)
{
        for (size_t i = 0; i < config->n_quiet; i++) {
                const struct quiet_time *quiet = &config->quiet[i];
                bool after = minute >= quiet->from, before = minute < quiet->to;

                if (quiet->from < quiet->to ? after && before : after || before)
                        return true;
        }
        return false;
}
