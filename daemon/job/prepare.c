/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The planning stage: turns the request into steps, or refuses it with nothing touched.
 */
#include "daemon/job/internal.h"
#include "daemon/plan/eject.h"

#include <errno.h>
#include <string.h>

static void move_reasons(struct job *job, struct reason_list *reasons)
{
        for (size_t i = 0; i < reasons->n_items; i++)
                job_reason(job, &reasons->items[i]);
}

static void planning_failed(struct job *job, int error)
{
        struct reason reason = {
                .code = REASON_BLOCK_FAILED,
                .block = REASON_NO_BLOCK,
                .text = (char *) strerror(-error),
        };

        job_reason(job, &reason);
        if (job->going_on)
                forward_end(job, JOB_RESULT_FAILED);
        else
                job_finish(job, JOB_RESULT_FAILED);
}

/* What another memctld had done before it died is put back, or kept where that was asked. */
static void refused(struct job *job)
{
        if (job->going_on)
                forward_end(job, JOB_RESULT_FAILED);
        else
                job_finish(job, JOB_RESULT_REFUSED);
}

/* Behind those that another memctld has done, if it died in this job. */
static int add_steps(struct job *job)
{
        size_t n = job->n_steps + job->plan.n_steps;
        struct job_step *steps = reallocarray(job->steps, n ? n : 1, sizeof(*steps));

        if (!steps)
                return -ENOMEM;
        job->steps = steps;
        for (size_t i = 0; i < job->plan.n_steps; i++)
                job->steps[job->n_steps++] = (struct job_step){
                        .block = job->plan.steps[i].block,
                        .zone = job->plan.steps[i].zone,
                        .unfenced = job->plan.steps[i].unfenced,
                };
        return 0;
}

static void on_judged(void *userdata, int error, struct offline_plan *plan)
{
        struct job *job = userdata;

        job->planner = offline_planner_free(job->planner);
        if (error < 0) {
                planning_failed(job, error);
                return;
        }

        job->plan = *plan;
        *plan = (struct offline_plan){ 0 };
        move_reasons(job, &job->plan.reasons);
        if (job->plan.usage_known)
                job->pages_in_use = job->plan.pages_in_use;
        if (job->plan.refused)
                refused(job);
        else if (add_steps(job) < 0)
                planning_failed(job, -ENOMEM);
        else
                forward_start(job);
}

static void plan_online(struct job *job)
{
        struct snapshot *snapshot = monitor_snapshot(job->machine->monitor);
        struct online_plan plan = { 0 };
        int r;

        r = online_plan_make(snapshot, job->blocks.numbers, job->blocks.n_numbers, job->zone, &plan);
        if (r >= 0 && !plan.refused) {
                job->steps = calloc(plan.n_blocks ? plan.n_blocks : 1, sizeof(*job->steps));
                if (!job->steps)
                        r = -ENOMEM;
        }

        if (r < 0)
                planning_failed(job, r);
        else if (plan.refused) {
                move_reasons(job, &plan.reasons);
                job_finish(job, JOB_RESULT_REFUSED);
        } else {
                job->n_steps = plan.n_blocks;
                for (size_t i = 0; i < plan.n_blocks; i++)
                        job->steps[i].block = plan.blocks[i];
                forward_start(job);
        }
        online_plan_clear(&plan);
}

static void plan_eject(struct job *job)
{
        struct snapshot *snapshot = monitor_snapshot(job->machine->monitor);
        const struct dimm *dimm = snapshot_find_dimm(snapshot, job->dimm);
        int r;

        r = dimm ? eject_judge(snapshot, dimm, &job->reasons) : -ENODEV;
        if (r < 0)
                planning_failed(job, r);
        else if (job->reasons.n_items > 0)
                job_finish(job, JOB_RESULT_REFUSED);
        else
                forward_start(job);
}

static int on_plan(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct job *job = userdata;

        (void) source;
        (void) usec;

        job_tick_stop(job);
        if (job->verb == JOB_DIMM_EJECT)
                plan_eject(job);
        else
                plan_online(job);
        return 0;
}

int prepare_start(struct job *job)
{
        switch (job->verb) {
        case JOB_BLOCK_OFFLINE:
        case JOB_DIMM_OFFLINE:
        case JOB_NODE_OFFLINE:
                return offline_planner_new(job->machine, &job->blocks, job->eject ? job->dimm : NULL,
                                 &job->options, on_judged, job, &job->planner);
        default:
                /* from the loop, so that the caller has the job before it may be over */
                return job_tick(job, 0, on_plan);
        }
}
