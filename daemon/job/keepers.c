/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/keepers.h"

#include "daemon/job/mapping.h"
#include "daemon/plan/unmovable.h"

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

struct keepers {
        const struct survey *survey;
        struct owned_pages *pages;
        struct keeper_processes *processes; /* for each of pages */
        size_t n;
        struct mapping_task *mapping;
        keepers_done_t done;
        void *userdata;
};

int keepers_new(const struct survey *survey, struct keepers **ret)
{
        _cleanup_(keepers_freep) struct keepers *keepers = calloc(1, sizeof(*keepers));
        int r;

        if (!keepers)
                return -ENOMEM;
        keepers->survey = survey;
        r = unmovable_certain(survey, &keepers->pages, &keepers->n);
        if (r < 0)
                return r;
        keepers->processes = calloc(keepers->n ? keepers->n : 1, sizeof(*keepers->processes));
        if (!keepers->processes)
                return -ENOMEM;
        *ret = TAKE_PTR(keepers);
        return 0;
}

struct keepers *keepers_free(struct keepers *keepers)
{
        if (!keepers)
                return NULL;

        mapping_task_free(keepers->mapping);
        free(keepers->pages);
        free(keepers->processes);
        free(keepers);
        return NULL;
}

static struct keeper_processes *find_processes(struct keepers *keepers, const struct survey_keeper *pages)
{
        size_t from = 0, to = keepers->n;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (keepers->pages[middle].block < pages->block)
                        from = middle + 1;
                else
                        to = middle;
        }
        for (; from < keepers->n && keepers->pages[from].block == pages->block; from++)
                if (keepers->pages[from].class == pages->class && keepers->pages[from].owner == pages->owner)
                        return &keepers->processes[from];
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
        struct keepers *keepers = userdata;
        const struct mapper_target *targets;
        size_t n;

        targets = mapper_targets(mapper, &n);
        for (size_t i = 0; i < n; i++) {
                struct keeper_processes *list =
                        find_processes(keepers, &keepers->survey->keepers[targets[i].id]);

                if (!list)
                        continue;
                list->searched = complete;
                for (size_t j = 0; j < targets[i].n_pids; j++)
                        add_process(list, mapper, targets[i].pids[j]);
        }
        keepers->mapping = mapping_task_free(keepers->mapping);
        keepers->done(keepers->userdata);
}

int keepers_search(struct keepers *keepers, struct machine *machine, keepers_done_t done, void *userdata)
{
        _cleanup_free_ struct mapper_target *targets = calloc(TARGETS_MAX, sizeof(*targets));
        size_t n = 0;
        int r;

        if (!targets)
                return -ENOMEM;
        for (size_t i = 0; i < keepers->survey->n_keepers && n < TARGETS_MAX; i++)
                if (keepers->survey->keepers[i].class == MEMCTL_CLASS_PINNED)
                        targets[n++] = (struct mapper_target){
                                .pfn = keepers->survey->keepers[i].pfn,
                                .pages = keepers->survey->keepers[i].pages,
                                .id = i,
                        };
        if (n == 0)
                return 0;
        keepers->done = done;
        keepers->userdata = userdata;
        r = mapping_task_new(machine, targets, n, MAPPING_USEC, on_mapped, keepers, &keepers->mapping);
        return r == -ENOMEM ? r : r >= 0;
}

int keepers_list(const struct keepers *keepers, struct offline_keeper **ret, size_t *n)
{
        *ret = calloc(keepers->n ? keepers->n : 1, sizeof(**ret));
        if (!*ret)
                return -ENOMEM;
        for (size_t i = 0; i < keepers->n; i++)
                (*ret)[i] = (struct offline_keeper){
                        .block = keepers->pages[i].block,
                        .pages = keepers->pages[i].pages,
                        .owner = pages_owner_name(keepers->survey, keepers->pages[i].owner,
                                                  keepers->pages[i].class),
                        .searched = keepers->processes[i].searched,
                        .processes = keepers->processes[i].processes,
                        .n_processes = keepers->processes[i].n_processes,
                };
        *n = keepers->n;
        return 0;
}
