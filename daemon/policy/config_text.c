/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A configuration as a file would have it; and so, whether two say the same.
 */
#include "daemon/policy/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_target(FILE *f, const struct compaction_target *target)
{
        if (target->node >= 0)
                (void) fprintf(f, "[Compaction %d]\n", target->node);
        else
                (void) fputs("[Compaction]\n", f);
        (void) fprintf(f, "Enabled=%s\n", target->enabled ? "yes" : "no");
        if (target->order >= 0)
                (void) fprintf(f, "Order=%d\n", target->order);
        if (target->pieces > 0)
                (void) fprintf(f, "Free=%" PRIu64 "\n", target->pieces);
        else
                (void) fprintf(f, "Free=%u.%u%%\n", target->share / 10, target->share % 10);
}

void compaction_config_quiet_text(const struct compaction_config *config, char ret[static QUIET_TEXT_MAX])
{
        size_t n = 0;

        *ret = '\0';
        for (size_t i = 0; i < config->n_quiet; i++)
                n += (size_t) snprintf(ret + n, QUIET_TEXT_MAX - n, "%s%02u:%02u-%02u:%02u",
                                       i > 0 ? " " : "", config->quiet[i].from / 60 % 100,
                                       config->quiet[i].from % 60, config->quiet[i].to / 60 % 100,
                                       config->quiet[i].to % 60);
}

char *compaction_config_text(const struct compaction_config *config)
{
        char *text = NULL, quiet[QUIET_TEXT_MAX];
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);

        if (!f)
                return NULL;
        put_target(f, &config->all);
        compaction_config_quiet_text(config, quiet);
        (void) fprintf(f, "CPU=%u.%u%%\nQuiet=%s\n", config->cpu / 10, config->cpu % 10, quiet);
        if (config->vm[VM_PROACTIVENESS] >= 0)
                (void) fprintf(f, "Proactiveness=%d\n", config->vm[VM_PROACTIVENESS]);
        if (config->vm[VM_DEFRAG_MODE] >= 0)
                (void) fprintf(f, "DefragMode=%s\n", config->vm[VM_DEFRAG_MODE] ? "yes" : "no");
        for (size_t i = 0; i < config->n_nodes; i++)
                put_target(f, &config->nodes[i]);
        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }
        return text;
}

bool compaction_config_same(const struct compaction_config *a, const struct compaction_config *b)
{
        _cleanup_free_ char *x = compaction_config_text(a), *y = compaction_config_text(b);

        return x && y && strcmp(x, y) == 0;
}
