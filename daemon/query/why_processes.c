/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/why_processes.h"

#include <errno.h>
#include <string.h>

_Static_assert(WHY_KEEPERS_MAX <= MAPPER_TARGETS_MAX, "a target each");

static bool may_be_mapped(enum memctl_class class)
{
        return class == MEMCTL_CLASS_PINNED || class == MEMCTL_CLASS_OTHER;
}

/* A pinned page looks like any other in kpageflags; what is nobody's may be somebody's by now. */
static uint8_t only_class(enum memctl_class class)
{
        return class == MEMCTL_CLASS_OTHER ? MEMCTL_CLASS_OTHER : MEMCTL_CLASS_UNSPEC;
}

size_t why_list_targets(const struct why_report *report, struct mapper_target *targets)
{
        uint64_t pages = report->page_size > 0 ? report->block_size / report->page_size : 0;
        struct survey_block block = { .survey = &report->survey };
        size_t n = 0;

        for (size_t i = 0; i < report->n_keepers; i++)
                if (may_be_mapped(report->keepers[i].pages->class))
                        targets[n++] = (struct mapper_target){
                                .pfn = report->keepers[i].pages->pfn,
                                .pages = report->keepers[i].pages->pages,
                                .only = only_class(report->keepers[i].pages->class),
                                .id = i,
                        };
        while (survey_next_block(&block) && n < MAPPER_TARGETS_MAX)
                for (size_t i = 0; i < block.n_counts; i++)
                        if (block.counts[i].class == MEMCTL_CLASS_LRU_MLOCKED) {
                                targets[n++] = (struct mapper_target){
                                        .pfn = block.block * pages,
                                        .pages = pages,
                                        .only = MEMCTL_CLASS_LRU_MLOCKED,
                                };
                                break;
                        }
        return n;
}

static void add_pids(struct why_owner *owner, const uint32_t *pids, size_t n_pids)
{
        for (size_t i = 0; i < n_pids && owner->n_pids < MAPPER_PIDS_MAX; i++) {
                size_t j = 0;

                while (j < owner->n_pids && owner->pids[j] != pids[i])
                        j++;
                if (j == owner->n_pids)
                        owner->pids[owner->n_pids++] = pids[i];
        }
}

/* Pages locked in memory have no keepers: they move. Their processes are told with the owner. */
static void take_locked(struct why_report *report, const struct mapper_target *target, bool complete)
{
        for (size_t i = 0; i < report->n_owners; i++)
                if (report->owners[i].pages.class == MEMCTL_CLASS_LRU_MLOCKED) {
                        report->owners[i].searched = complete;
                        add_pids(&report->owners[i], target->pids, target->n_pids);
                }
}

int why_take_processes(struct why_report *report, const struct mapper *mapper, bool complete)
{
        const struct mapper_process *processes;
        const struct mapper_target *targets;
        size_t n;

        targets = mapper_targets(mapper, &n);
        for (size_t i = 0; i < n; i++) {
                struct why_keeper *keeper;

                if (targets[i].only == MEMCTL_CLASS_LRU_MLOCKED) {
                        take_locked(report, &targets[i], complete);
                        continue;
                }
                keeper = &report->keepers[targets[i].id];
                keeper->searched = complete;
                keeper->n_pids = targets[i].n_pids;
                memcpy(keeper->pids, targets[i].pids, sizeof(keeper->pids));
        }

        processes = mapper_processes(mapper, &n);
        report->processes = calloc(n ? n : 1, sizeof(*report->processes));
        if (!report->processes)
                return -ENOMEM;
        memcpy(report->processes, processes, n * sizeof(*processes));
        report->n_processes = n;
        return 0;
}

void why_join_processes(struct why_report *report)
{
        for (size_t i = 0; i < report->n_owners; i++) {
                struct why_owner *owner = &report->owners[i];

                for (size_t j = 0; j < report->n_keepers; j++) {
                        const struct why_keeper *keeper = &report->keepers[j];

                        if (keeper->pages->class != owner->pages.class ||
                            keeper->pages->owner != owner->pages.owner)
                                continue;
                        owner->searched |= keeper->searched;
                        add_pids(owner, keeper->pids, keeper->n_pids);
                }
        }
}
