/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/preview.h"

#include "basic/saturated.h"
#include "daemon/onlining/machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void previews_clear(struct previews *previews)
{
        free(previews->items);
        newcomers_clear(&previews->newcomers);
        *previews = (struct previews){ 0 };
}

/* The machine without that memory. */
static struct online_machine without(const struct online_machine *machine, const struct newcomer *newcomer,
                                     const struct snapshot *snapshot)
{
        struct online_machine left = *machine;

        for (size_t i = 0; i < newcomer->n_online; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, newcomer->online[i]);
                uint64_t *bytes =
                        block && block->zones == ZONE_MOVABLE ? &left.movable_bytes : &left.kernel_bytes;

                *bytes = subtract_to_zero(*bytes, snapshot->block_size);
        }
        return left;
}

static const char *where_now(const struct newcomer *newcomer)
{
        if (newcomer->n_online == 0)
                return "offline";
        return newcomer->n_offline > 0 || newcomer->online_in == TARGET_NONE
                       ? "mixed"
                       : online_target_name(newcomer->online_in);
}

static void preview(const struct online_config *config, const struct snapshot *snapshot,
                    const struct deciders *deciders, const struct online_machine *machine,
                    struct newcomer *newcomer, struct preview *ret)
{
        struct online_machine left = without(machine, newcomer, snapshot);
        const struct decider *decider = deciders_find(deciders, new_memory_driver(&newcomer->memory));
        char text[DECIDER_TEXT_MAX];
        const char *others = decider ? decider_text(decider, text) : NULL;

        newcomer->memory.new_bytes += newcomer->n_online * snapshot->block_size;
        newcomer->memory.others = TARGET_NONE;
        ret->newcomer = newcomer;
        ret->now = where_now(newcomer);
        ret->verdict = online_decide(config, &newcomer->memory, &left, others, true);
        online_reason(&ret->verdict, &newcomer->memory, &left, others, ret->reason);
}

int previews_make(const struct online_config *config, const struct snapshot *snapshot,
                  const struct deciders *deciders, uint64_t cma_bytes, struct previews *ret)
{
        const struct online_machine machine = online_machine_of(snapshot, cma_bytes);
        _cleanup_free_ uint32_t *numbers = calloc(snapshot->n_blocks + 1, sizeof(*numbers));
        struct previews previews = { 0 };
        size_t n = 0;

        for (size_t i = 0; numbers && i < snapshot->n_blocks; i++) {
                const struct memory_block *block = &snapshot->blocks[i];

                if (block->dimm != DIMM_NONE || block->driver != DRIVER_NONE ||
                    block->state == BLOCK_OFFLINE)
                        numbers[n++] = block->number;
        }
        if (!numbers || newcomers_find(snapshot, numbers, n, &previews.newcomers) < 0)
                return -ENOMEM;
        previews.n = previews.newcomers.n;
        previews.items = calloc(previews.n + 1, sizeof(*previews.items));
        if (!previews.items) {
                previews_clear(&previews);
                return -ENOMEM;
        }
        for (size_t i = 0; i < previews.n; i++)
                preview(config, snapshot, deciders, &machine, &previews.newcomers.items[i],
                        &previews.items[i]);
        *ret = previews;
        return 0;
}

static void warn_of_decider(const struct online_config *config, const struct decider *decider, char **ret)
{
        char text[DECIDER_TEXT_MAX];
        const char *what = config->force ? "memctld acts all the same, and who comes first decides"
                                         : "what it is for is left to it, unless Force=yes";

        if (asprintf(ret, "%s %s%s%s; %s", decider_text(decider, text), decider->does,
                     decider->driver[0] ? ", driver " : "", decider->driver,
                     decider->kind == DECIDER_KERNEL && !config->auto_online[0]
                             ? "so memctld has nothing to decide, unless AutoOnlineBlocks=offline"
                             : what) < 0)
                *ret = NULL;
}

static void warn_of_memmap(const struct online_config *config, const struct online_settings *settings,
                           char **ret)
{
        bool there = settings->memmap[0] != '\0', next = settings->next_memmap[0] != '\0';

        if (asprintf(ret, "MemmapOnMemory=%s is not in force: the kernel that runs %s%s; %s%s",
                     config->memmap, there ? "was booted with " : "has no such setting", settings->memmap,
                     next ? "the next one will get "
                          : "memctl policy online boot --apply writes it for the next",
                     settings->next_memmap) < 0)
                *ret = NULL;
}

int online_warnings(const struct online_config *config, const struct deciders *deciders,
                    const struct online_settings *settings, char *ret[static WARNINGS_MAX])
{
        int n = 0;

        if (online_config_may_kernel(config))
                ret[n++] = strdup(online_kernel_warning);
        for (size_t i = 0; i < deciders->n; i++)
                if (deciders->items[i].acts)
                        warn_of_decider(config, &deciders->items[i], &ret[n++]);
        if (config->memmap[0] && strcmp(config->memmap, settings->memmap) != 0)
                warn_of_memmap(config, settings, &ret[n++]);
        for (int i = 0; i < n; i++)
                if (!ret[i]) {
                        while (n > 0)
                                free(ret[--n]);
                        return -ENOMEM;
                }
        return n;
}
