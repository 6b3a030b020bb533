/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/why.h"

#include "daemon/query/mapping.h"
#include "daemon/query/survey.h"
#include "daemon/query/why_advice.h"
#include "daemon/query/why_lookup.h"
#include "daemon/query/why_pages.h"
#include "daemon/query/why_processes.h"

#include <errno.h>
#include <string.h>

struct why_task {
        struct machine *machine;
        struct survey_task *survey;
        struct survey_result given; /* instead */
        sd_event_source *begin;     /* likewise */
        struct mapping_task *mapping;
        struct helper *look_up;
        uint64_t mapping_usec;
        struct why_report report;
        why_done_t done;
        void *userdata;
};

static void finish(struct why_task *task, int error, const char *message)
{
        struct why_report report = task->report;

        task->report = (struct why_report){ 0 };
        if (error < 0)
                why_report_clear(&report);
        task->done(task->userdata, error, message, &report);
}

/* In the helper. */
static int look_up(void *userdata, struct packet *answer, char **message)
{
        const struct why_task *task = userdata;

        (void) message;

        why_look_up(task->machine->tree, &task->report, answer);
        return 0;
}

static void on_looked_up(void *userdata, const struct helper_result *result)
{
        struct why_task *task = userdata;
        struct why_report *report = &task->report;
        bool swap_on;

        why_take_lookup(report, result->answer, &swap_on);
        task->look_up = helper_free(task->look_up);
        why_join_processes(report);
        why_advise(report, monitor_snapshot(task->machine->monitor), swap_on);
        finish(task, result->error == -ENOMEM ? result->error : 0, NULL);
}

/* All of it is more than is needed: without an answer in time the report has none of it. */
static int start_look_up(struct why_task *task)
{
        static const struct machine_work work = { .name = "memctld-lookup", .work = look_up };

        return machine_help(task->machine, &work, task, on_looked_up, task, &task->look_up);
}

static void on_mapped(void *userdata, const struct mapper *mapper, bool complete)
{
        struct why_task *task = userdata;
        int r;

        r = why_take_processes(&task->report, mapper, complete);
        task->mapping = mapping_task_free(task->mapping);
        if (r >= 0)
                r = start_look_up(task);
        if (r < 0)
                finish(task, r, NULL);
}

static int start_mapping(struct why_task *task)
{
        _cleanup_free_ struct mapper_target *targets = NULL;
        size_t n;
        int r;

        targets = calloc(MAPPER_TARGETS_MAX, sizeof(*targets));
        if (!targets)
                return -ENOMEM;
        n = task->report.only_counted ? 0 : why_list_targets(&task->report, targets);
        if (n == 0)
                return start_look_up(task);
        r = mapping_task_new(task->machine, targets, n, task->mapping_usec, on_mapped, task, &task->mapping);
        /* where there is no list of processes, none are told of */
        return r == -ENOMEM ? r : r < 0 ? start_look_up(task) : 0;
}

static void on_surveyed(void *userdata, int error, const char *message, struct survey *survey)
{
        struct why_task *task = userdata;
        _cleanup_free_ char *why = message ? strdup(message) : NULL;
        int r = error;

        task->survey = survey_task_free(task->survey);
        task->report.survey = *survey;
        *survey = (struct survey){ 0 };
        if (r >= 0)
                r = why_list_pages(&task->report);
        if (r >= 0)
                r = start_mapping(task);
        if (r < 0)
                finish(task, r == -ENODATA ? -EOPNOTSUPP : r, why);
}

/* Those that are offline have nothing in them that could keep them. */
static int sort_blocks(struct machine *machine, const struct block_set *blocks, struct why_report *report)
{
        const struct snapshot *snapshot = monitor_snapshot(machine->monitor);
        size_t n = blocks->n_numbers ? blocks->n_numbers : 1;

        report->block_size = snapshot->block_size;
        report->page_size = machine->tree->page_size;
        report->blocks.numbers = calloc(n, sizeof(*report->blocks.numbers));
        report->offline.numbers = calloc(n, sizeof(*report->offline.numbers));
        if (!report->blocks.numbers || !report->offline.numbers)
                return -ENOMEM;
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, blocks->numbers[i]);
                struct block_set *set =
                        block && block->state != BLOCK_OFFLINE ? &report->blocks : &report->offline;

                if (block)
                        set->numbers[set->n_numbers++] = block->number;
        }
        return 0;
}

static int begin(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                 why_done_t done, void *userdata, struct why_task **ret)
{
        _cleanup_(why_task_freep) struct why_task *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->mapping_usec = mapping_usec;
        task->done = done;
        task->userdata = userdata;
        r = sort_blocks(machine, blocks, &task->report);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

int why_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                 why_done_t done, void *userdata, struct why_task **ret)
{
        _cleanup_(why_task_freep) struct why_task *task = NULL;
        int r;

        r = begin(machine, blocks, mapping_usec, done, userdata, &task);
        if (r >= 0)
                r = survey_task_new(machine, &task->report.blocks, true, on_surveyed, task, &task->survey);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(task);
        return 0;
}

void why_task_only_count(struct why_task *task)
{
        task->report.only_counted = true;
        if (task->survey)
                survey_task_only_look(task->survey);
}

static int on_given(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct why_task *task = userdata;
        struct survey_result given = task->given;

        (void) source, (void) usec;

        task->given = (struct survey_result){ 0 };
        task->begin = sd_event_source_disable_unref(task->begin);
        on_surveyed(task, given.error, given.message, &given.survey);
        survey_result_clear(&given);
        return 0;
}

int why_task_of_survey(struct machine *machine, const struct block_set *blocks, struct survey_result *survey,
                       uint64_t mapping_usec, why_done_t done, void *userdata, struct why_task **ret)
{
        _cleanup_(why_task_freep) struct why_task *task = NULL;
        int r;

        r = begin(machine, blocks, mapping_usec, done, userdata, &task);
        if (r >= 0)
                r = machine_after(machine, 0, on_given, task, &task->begin);
        if (r < 0)
                return r;
        task->given = *survey;
        *survey = (struct survey_result){ 0 };
        *ret = TAKE_PTR(task);
        return 0;
}

int why_report_blind(struct machine *machine, const struct block_set *blocks, struct why_report *ret)
{
        int r = sort_blocks(machine, blocks, ret);

        if (r < 0)
                why_report_clear(ret);
        return r;
}

struct why_task *why_task_free(struct why_task *task)
{
        if (!task)
                return NULL;

        sd_event_source_disable_unref(task->begin);
        survey_task_free(task->survey);
        survey_result_clear(&task->given);
        helper_free(task->look_up);
        mapping_task_free(task->mapping);
        why_report_clear(&task->report);
        free(task);
        return NULL;
}
