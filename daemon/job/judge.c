/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/job/judge.h"

#include "daemon/job/mapping.h"
#include "daemon/job/survey.h"
#include "daemon/model/usage.h"
#include "daemon/plan/unmovable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* How long it may take to find the processes that map pinned pages: a refusal is wanted soon. */
#define MAPPING_USEC (2 * UINT64_C(1000000))

/* Pinned pages whose processes are looked for. */
#define TARGETS_MAX 256

/* The processes that map a block's pinned pages of one owner. */
struct keeper_processes {
        bool searched;
        struct reason_process processes[REASON_PROCESSES_MAX];
        size_t n_processes;
};

struct judge {
        struct machine *machine;
        struct block_set blocks;
        char *dimm;
        bool force;
        struct block_usage *usage; /* for each of blocks */
        struct survey_task *task;
        struct survey survey;
        struct owned_pages *keepers;
        struct keeper_processes *processes; /* for each of keepers */
        size_t n_keepers;
        struct mapping_task *mapping;
        judge_done_t done;
        void *userdata;
};

/* A block that went away while others were counted cannot be planned for. */
static int refuse_if_blocks_left(const struct snapshot *snapshot, const struct block_set *blocks,
                                 struct offline_plan *plan)
{
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                struct reason reason = { .code = REASON_BLOCK_CHANGED, .block = blocks->numbers[i] };
                int r;

                if (snapshot_find_block(snapshot, blocks->numbers[i]))
                        continue;
                r = reason_list_add(&plan->reasons, &reason);
                if (r < 0)
                        return r;
                plan->refused = true;
        }
        return 0;
}

static struct offline_keeper *make_keepers(const struct judge *judge)
{
        struct offline_keeper *keepers = calloc(judge->n_keepers ? judge->n_keepers : 1, sizeof(*keepers));

        for (size_t i = 0; keepers && i < judge->n_keepers; i++)
                keepers[i] = (struct offline_keeper){
                        .block = judge->keepers[i].block,
                        .pages = judge->keepers[i].pages,
                        .owner = pages_owner_name(&judge->survey, judge->keepers[i].owner,
                                                  judge->keepers[i].class),
                        .searched = judge->processes[i].searched,
                        .processes = judge->processes[i].processes,
                        .n_processes = judge->processes[i].n_processes,
                };
        return keepers;
}

static int make_plan(struct judge *judge, struct offline_plan *plan)
{
        struct snapshot *snapshot = monitor_snapshot(judge->machine->monitor);
        _cleanup_free_ struct offline_keeper *keepers = NULL;
        struct offline_request request = {
                .blocks = judge->blocks.numbers,
                .n_blocks = judge->blocks.n_numbers,
                .usage = judge->usage,
                .n_keepers = judge->n_keepers,
                .force = judge->force,
                .page_size = (uint64_t) sysconf(_SC_PAGESIZE),
        };
        int r;

        r = refuse_if_blocks_left(snapshot, &judge->blocks, plan);
        if (r < 0 || plan->refused)
                return r;

        keepers = make_keepers(judge);
        if (!keepers)
                return -ENOMEM;
        request.keepers = keepers;
        if (judge->dimm) {
                request.eject = snapshot_find_dimm(snapshot, judge->dimm);
                if (!request.eject)
                        return -ENODEV;
        }
        memory_room_read(judge->machine->tree, &request.room);
        return offline_plan_make(snapshot, &request, plan);
}

static void finish(struct judge *judge, int error)
{
        struct offline_plan plan = { 0 };
        int r = error;

        if (r >= 0)
                r = make_plan(judge, &plan);
        if (r < 0)
                offline_plan_clear(&plan);
        judge->done(judge->userdata, r < 0 ? r : 0, &plan);
}

/* What a block holds, by the survey. One that is not in it was offline, so nothing is in it. */
static void count_usage(struct judge *judge, bool known)
{
        struct survey_block block = { .survey = &judge->survey };
        bool more = survey_next_block(&block);

        for (size_t i = 0; i < judge->blocks.n_numbers; i++) {
                struct block_usage *usage = &judge->usage[i];

                *usage = (struct block_usage){ .number = judge->blocks.numbers[i], .known = known };
                while (more && block.block < usage->number)
                        more = survey_next_block(&block);
                for (size_t j = 0; more && block.block == usage->number && j < block.n_counts; j++)
                        block_usage_add(usage, block.counts[j].class, block.counts[j].pages);
        }
}

static struct keeper_processes *find_processes(struct judge *judge, const struct survey_keeper *pages)
{
        size_t from = 0, to = judge->n_keepers;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (judge->keepers[middle].block < pages->block)
                        from = middle + 1;
                else
                        to = middle;
        }
        for (; from < judge->n_keepers && judge->keepers[from].block == pages->block; from++)
                if (judge->keepers[from].class == pages->class && judge->keepers[from].owner == pages->owner)
                        return &judge->processes[from];
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
        struct judge *judge = userdata;
        const struct mapper_target *targets;
        size_t n;

        targets = mapper_targets(mapper, &n);
        for (size_t i = 0; i < n; i++) {
                struct keeper_processes *list = find_processes(judge, &judge->survey.keepers[targets[i].id]);

                if (!list)
                        continue;
                list->searched = complete;
                for (size_t j = 0; j < targets[i].n_pids; j++)
                        add_process(list, mapper, targets[i].pids[j]);
        }
        judge->mapping = mapping_task_free(judge->mapping);
        finish(judge, 0);
}

/* Looks for who maps what is pinned. 1: that is under way; 0: there is nothing to look for, or no way to. */
static int start_mapping(struct judge *judge)
{
        _cleanup_free_ struct mapper_target *targets = calloc(TARGETS_MAX, sizeof(*targets));
        size_t n = 0;
        int r;

        if (!targets)
                return -ENOMEM;
        for (size_t i = 0; i < judge->survey.n_keepers && n < TARGETS_MAX; i++)
                if (judge->survey.keepers[i].class == MEMCTL_CLASS_PINNED)
                        targets[n++] = (struct mapper_target){
                                .pfn = judge->survey.keepers[i].pfn,
                                .pages = judge->survey.keepers[i].pages,
                                .id = i,
                        };
        if (n == 0)
                return 0;
        r = mapping_task_new(judge->machine, targets, n, MAPPING_USEC, on_mapped, judge, &judge->mapping);
        return r == -ENOMEM ? r : r >= 0;
}

static void on_surveyed(void *userdata, int error, const char *message, struct survey *survey)
{
        struct judge *judge = userdata;
        int r;

        (void) message;

        judge->task = survey_task_free(judge->task);
        judge->survey = *survey;
        *survey = (struct survey){ 0 };
        if (error == -ENOMEM) {
                finish(judge, error);
                return;
        }
        /* without a survey the plan is made without counts, and says that it is */
        count_usage(judge, error >= 0);
        r = unmovable_certain(&judge->survey, &judge->keepers, &judge->n_keepers);
        if (r >= 0) {
                judge->processes =
                        calloc(judge->n_keepers ? judge->n_keepers : 1, sizeof(*judge->processes));
                r = judge->processes ? 0 : -ENOMEM;
        }
        if (r >= 0 && !judge->force)
                r = start_mapping(judge);
        if (r <= 0)
                finish(judge, r);
}

int judge_new(struct machine *machine, const struct block_set *blocks, const char *dimm, bool force,
              judge_done_t done, void *userdata, struct judge **ret)
{
        _cleanup_(judge_freep) struct judge *judge = NULL;
        int r;

        judge = calloc(1, sizeof(*judge));
        if (!judge)
                return -ENOMEM;

        judge->machine = machine;
        judge->force = force;
        judge->done = done;
        judge->userdata = userdata;
        judge->usage = calloc(blocks->n_numbers ? blocks->n_numbers : 1, sizeof(*judge->usage));
        if (!judge->usage)
                return -ENOMEM;
        r = block_set_copy(blocks, &judge->blocks);
        if (r < 0)
                return r;
        if (dimm) {
                judge->dimm = strdup(dimm);
                if (!judge->dimm)
                        return -ENOMEM;
        }
        r = survey_task_new(machine, &judge->blocks, true, on_surveyed, judge, &judge->task);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(judge);
        return 0;
}

struct judge *judge_free(struct judge *judge)
{
        if (!judge)
                return NULL;

        survey_task_free(judge->task);
        mapping_task_free(judge->mapping);
        survey_clear(&judge->survey);
        block_set_clear(&judge->blocks);
        free(judge->keepers);
        free(judge->processes);
        free(judge->dimm);
        free(judge->usage);
        free(judge);
        return NULL;
}
