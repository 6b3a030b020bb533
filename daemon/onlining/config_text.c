/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A configuration as a file would have it; and so, whether two say the same.
 */
#include "daemon/onlining/config.h"

#include "basic/cleanup.h"
#include "daemon/machine/cmdline.h"

#include <inttypes.h>
#include <string.h>

void online_rule_sizes_text(const struct online_rule *rule, char ret[static ONLINE_SIZES_MAX])
{
        char min[CMDLINE_SIZE_MAX], max[CMDLINE_SIZE_MAX];
        bool any_min = rule->size_min == 0, any_max = rule->size_max == UINT64_MAX;

        *ret = '\0';
        if (rule->size_min == rule->size_max)
                (void) snprintf(ret, ONLINE_SIZES_MAX, "%s", cmdline_format_size(rule->size_min, min));
        else if (!any_min || !any_max)
                (void) snprintf(ret, ONLINE_SIZES_MAX, "%s-%s",
                                any_min ? "" : cmdline_format_size(rule->size_min, min),
                                any_max ? "" : cmdline_format_size(rule->size_max, max));
}

static void put_rule(FILE *f, const struct online_rule *rule)
{
        char sizes[ONLINE_SIZES_MAX], ratio[ONLINE_RATIO_TEXT_MAX];

        (void) fprintf(f, "[Online %s]\n", rule->name);
        if (rule->node >= 0)
                (void) fprintf(f, "Node=%d\n", rule->node);
        if (rule->driver[0])
                (void) fprintf(f, "Driver=%s\n", rule->driver);
        if (rule->dimm[0])
                (void) fprintf(f, "Dimm=%s\n", rule->dimm);
        online_rule_sizes_text(rule, sizes);
        if (sizes[0])
                (void) fprintf(f, "Size=%s\n", sizes);
        if (rule->zone != TARGET_NONE)
                (void) fprintf(f, "Zone=%s\n", online_target_name(rule->zone));
        if (rule->ratio == ONLINE_RATIO_OF_ALL)
                return;
        online_ratio_text(rule->ratio, ratio);
        (void) fprintf(f, "MovableRatio=%s\n", ratio);
}

char *online_config_text(const struct online_config *config)
{
        char *text = NULL, ratio[ONLINE_RATIO_TEXT_MAX];
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        online_ratio_text(config->ratio, ratio);
        (void) fprintf(f, "[Online]\nEnabled=%s\nZone=%s\nMovableRatio=%s\nForce=%s\n",
                       config->enabled ? "yes" : "no", online_target_name(config->zone), ratio,
                       config->force ? "yes" : "no");
        if (config->auto_online[0])
                (void) fprintf(f, "AutoOnlineBlocks=%s\n", config->auto_online);
        if (config->memmap[0])
                (void) fprintf(f, "MemmapOnMemory=%s\n", config->memmap);
        for (size_t i = 0; i < config->n_rules; i++)
                put_rule(f, &config->rules[i]);
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

bool online_config_same(const struct online_config *a, const struct online_config *b)
{
        _cleanup_free_ char *x = online_config_text(a), *y = online_config_text(b);

        return x && y && strcmp(x, y) == 0;
}
