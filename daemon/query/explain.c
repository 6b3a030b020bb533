/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/explain.h"

#include "daemon/query/offline_planner.h"

#include <errno.h>
#include <string.h>

struct explain_task {
        struct machine *machine;
        struct block_set blocks;
        uint64_t mapping_usec;
        bool only_count;
        struct offline_planner *planner;
        struct why_task *why;
        struct reason_list reasons;
        explain_done_t done;
        void *userdata;
};

static void finish(struct explain_task *task, int error, const char *message, struct why_report *report)
{
        struct reason_list reasons = task->reasons;

        task->reasons = (struct reason_list){ 0 };
        if (error < 0)
                reason_list_clear(&reasons);
        task->done(task->userdata, error, message, report, &reasons);
}

static void on_why(void *userdata, int error, const char *message, struct why_report *report)
{
        struct explain_task *task = userdata;

        /* that nobody can tell of pages is no matter where the plan knows enough */
        if (error == -EOPNOTSUPP && task->reasons.n_items > 0)
                error = why_report_blind(task->machine, &task->blocks, report);
        report->only_counted = task->only_count;
        finish(task, error, message, report);
}

static void on_planned(void *userdata, int error, struct offline_plan *plan)
{
        struct explain_task *task = userdata;
        struct survey_result survey = { 0 };
        struct why_report none = { 0 };
        int r = error;

        offline_planner_take_survey(task->planner, &survey);
        task->planner = offline_planner_free(task->planner);
        task->reasons = plan->reasons;
        plan->reasons = (struct reason_list){ 0 };
        offline_plan_clear(plan);
        if (r >= 0)
                r = why_task_of_survey(task->machine, &task->blocks, &survey, task->mapping_usec, on_why,
                                       task, &task->why);
        if (r >= 0 && task->only_count)
                why_task_only_count(task->why);
        survey_result_clear(&survey);
        if (r < 0)
                finish(task, r, NULL, &none);
}

int explain_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                     explain_done_t done, void *userdata, struct explain_task **ret)
{
        _cleanup_(explain_task_freep) struct explain_task *task = calloc(1, sizeof(*task));
        int r;

        if (!task)
                return -ENOMEM;
        task->machine = machine;
        task->mapping_usec = mapping_usec;
        task->done = done;
        task->userdata = userdata;
        r = block_set_copy(blocks, &task->blocks);
        if (r >= 0)
                r = offline_planner_new(machine, blocks, NULL, &OFFLINE_OPTIONS_NONE, on_planned, task,
                                        &task->planner);
        if (r < 0)
                return r;
        offline_planner_make_brief(task->planner);
        *ret = TAKE_PTR(task);
        return 0;
}

void explain_task_only_count(struct explain_task *task)
{
        task->only_count = true;
        offline_planner_only_count(task->planner);
}

struct explain_task *explain_task_free(struct explain_task *task)
{
        if (!task)
                return NULL;

        offline_planner_free(task->planner);
        why_task_free(task->why);
        reason_list_clear(&task->reasons);
        block_set_clear(&task->blocks);
        free(task);
        return NULL;
}
