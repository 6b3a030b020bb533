/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/blockers.h"

#include "daemon/plan/unmovable.h"
#include "daemon/query/mapping.h"

#include <errno.h>
#include <stdio.h>

/* How long it may take to find the processes. */
#define MAPPING_USEC (2 * UINT64_C(1000000))

/* Pinned pages whose processes are looked for. */
#define TARGETS_MAX 256

/* The processes that map a block's pinned pages of one owner. */
struct keeper_processes {
        bool searched;
        struct reason_process processes[REASON_PROCESSES_MAX];
        size_t n_processes;
};

struct blockers {
        const struct survey *survey;
        struct owned_pages *pages;
        struct keeper_processes *processes; /* for each of pages */
        size_t n;
        struct mapping_task *mapping;
        blockers_done_t done;
        void *userdata;
};

int blockers_new(const struct survey *survey, struct blockers **ret)
{
        _cleanup_(blockers_freep) struct blockers *blockers = calloc(1, sizeof(*blockers));
        int r;

        if (!blockers)
                return -ENOMEM;
        blockers->survey = survey;
        r = unmovable_certain(survey, &blockers->pages, &blockers->n);
        if (r < 0)
                return r;
        blockers->processes = calloc(blockers->n ? blockers->n : 1, sizeof(*blockers->processes));
        if (!blockers->processes)
                return -ENOMEM;
        *ret = TAKE_PTR(blockers);
        return 0;
}

struct blockers *blockers_free(struct blockers *blockers)
{
        if (!blockers)
                return NULL;

        mapping_task_free(blockers->mapping);
        free(blockers->pages);
        free(blockers->processes);
        free(blockers);
        return NULL;
}

static struct keeper_processes *find_processes(struct blockers *blockers, const struct survey_keeper *pages)
{
        size_t from = 0, to = blockers->n;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (blockers->pages[middle].block < pages->block)
                        from = middle + 1;
                else
                        to = middle;
        }
        for (; from < blockers->n && blockers->pages[from].block == pages->block; from++)
                if (blockers->pages[from].class == pages->class &&
                    blockers->pages[from].owner == pages->owner)
                        return &blockers->processes[from];
        return NULL;
}

static const char *command_of(const struct mapper *mapper, uint32_t pid)
{
        const struct mapper_process *processes;
        size_t n;

        processes = mapper_processes(mapper, &n);
        for (size_t i = 0; i < n; i++)
                if (processes[i].pid == pid)
                        return processes[i].command;
        return "";
}

static void add_process(struct keeper_processes *list, const struct mapper *mapper, uint32_t pid)
{
        struct reason_process *process = &list->processes[list->n_processes];

        for (size_t i = 0; i < list->n_processes; i++)
                if (list->processes[i].pid == pid)
                        return;
        if (list->n_processes == REASON_PROCESSES_MAX)
                return;
        list->n_processes++;
        process->pid = pid;
        (void) snprintf(process->command, sizeof(process->command), "%s", command_of(mapper, pid));
}

static void on_mapped(void *userdata, const struct mapper *mapper, bool complete)
{
        struct blockers *blockers = userdata;
        const struct mapper_target *targets;
        size_t n;

        targets = mapper_targets(mapper, &n);
        for (size_t i = 0; i < n; i++) {
                struct keeper_processes *list =
                        find_processes(blockers, &blockers->survey->keepers[targets[i].id]);

                if (!list)
                        continue;
                list->searched = complete;
                for (size_t j = 0; j < targets[i].n_pids; j++)
                        add_process(list, mapper, targets[i].pids[j]);
        }
        blockers->mapping = mapping_task_free(blockers->mapping);
        blockers->done(blockers->userdata);
}

int blockers_search(struct blockers *blockers, struct machine *machine, blockers_done_t done, void *userdata)
{
        _cleanup_free_ struct mapper_target *targets = calloc(TARGETS_MAX, sizeof(*targets));
        size_t n = 0;
        int r;

        if (!targets)
                return -ENOMEM;
        for (size_t i = 0; i < blockers->survey->n_keepers && n < TARGETS_MAX; i++)
                if (blockers->survey->keepers[i].class == MEMCTL_CLASS_PINNED)
                        targets[n++] = (struct mapper_target){
                                .pfn = blockers->survey->keepers[i].pfn,
                                .pages = blockers->survey->keepers[i].pages,
                                .id = i,
                        };
        if (n == 0)
                return 0;
        blockers->done = done;
        blockers->userdata = userdata;
        r = mapping_task_new(machine, targets, n, MAPPING_USEC, on_mapped, blockers, &blockers->mapping);
        return r == -ENOMEM ? r : r >= 0;
}

int blockers_list(const struct blockers *blockers, struct offline_keeper **ret, size_t *n)
{
        *ret = calloc(blockers->n ? blockers->n : 1, sizeof(**ret));
        if (!*ret)
                return -ENOMEM;
        for (size_t i = 0; i < blockers->n; i++)
                (*ret)[i] = (struct offline_keeper){
                        .block = blockers->pages[i].block,
                        .pages = blockers->pages[i].pages,
                        .owner = pages_owner_name(blockers->survey, blockers->pages[i].owner,
                                                  blockers->pages[i].class),
                        .searched = blockers->processes[i].searched,
                        .processes = blockers->processes[i].processes,
                        .n_processes = blockers->processes[i].n_processes,
                };
        *n = blockers->n;
        return 0;
}
