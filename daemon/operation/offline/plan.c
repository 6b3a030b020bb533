/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the request to the first touch: the plan, or the refusal with nothing touched; the journal. Or from
 * where a memctld died.
 */
#include "daemon/core/crash.h"
#include "daemon/operation/offline/offline.h"
#include "daemon/plan/eject.h"

#include <errno.h>
#include <string.h>

static enum offline_event take_over(struct offline *offline)
{
        struct change *change = &offline->change;
        bool eject = change->found->ejecting && !change->found->rolling_back;

        offline->eject_start = change->found->asked ? EJECT_ASKED : EJECT_MAYBE_ASKED;
        offline->eject_again = change->going_on;
        change->found = journal_found_free(change->found);
        if (eject)
                return OFFLINE_EVENT_EJECT;
        if (change->going_on)
                return OFFLINE_EVENT_PLAN;
        change_say_interrupted(change);
        return OFFLINE_EVENT_GO_BACK;
}

static int on_recover(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct offline *offline = userdata;

        (void) source, (void) usec;

        if (!change_take_over(&offline->change, &usec))
                return change_after(&offline->change, usec, on_recover, offline);
        offline_post(offline, take_over(offline));
        return 0;
}

int offline_await_workers(struct offline *offline)
{
        /* from the loop, so that the caller has the job before it may be over */
        return change_after(&offline->change, 0, on_recover, offline);
}

static enum offline_event no_plan(struct offline *offline, int error)
{
        change_say_failed(&offline->change, strerror(-error));
        change_end_as(&offline->change, JOB_RESULT_FAILED);
        return OFFLINE_EVENT_REFUSED;
}

static void move_reasons(struct offline *offline, const struct reason_list *reasons)
{
        for (size_t i = 0; i < reasons->n_items; i++)
                job_reason(offline->change.job, &reasons->items[i]);
}

/* What another memctld had done before it died is put back, or kept where that was asked: that is no
 * refusal. */
static enum offline_event refused(struct offline *offline)
{
        change_end_as(&offline->change, offline->change.going_on ? JOB_RESULT_FAILED : JOB_RESULT_REFUSED);
        return OFFLINE_EVENT_REFUSED;
}

/* Behind those that another memctld has done, if it died in this job. */
static int add_steps(struct offline *offline)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < offline->plan.n_steps; i++) {
                const struct step step = {
                        .block = offline->plan.steps[i].block,
                        .zone = offline->plan.steps[i].zone,
                        .unfenced = offline->plan.steps[i].unfenced,
                };

                r = steps_add(&offline->change.steps, &step);
        }
        return r;
}

static enum offline_event take_plan(struct offline *offline)
{
        struct job_progress *progress = &offline->change.job->progress;

        move_reasons(offline, &offline->plan.reasons);
        for (char **note = offline->plan.notes; note && *note; note++)
                job_note(offline->change.job, "%s", *note);
        if (offline->plan.usage_known)
                progress->pages_in_use = offline->plan.pages_in_use;
        progress->estimated_usec = offline->plan.estimated_usec;
        if (offline->plan.refused)
                return refused(offline);
        return add_steps(offline) < 0 ? no_plan(offline, -ENOMEM) : OFFLINE_EVENT_PLANNED;
}

static void on_planned(void *userdata, int error, struct offline_plan *plan)
{
        struct offline *offline = userdata;

        offline->planner = offline_planner_free(offline->planner);
        if (error < 0) {
                offline_post(offline, no_plan(offline, error));
                return;
        }
        offline->plan = *plan;
        *plan = (struct offline_plan){ 0 };
        offline_post(offline, take_plan(offline));
}

static enum offline_event plan_eject(struct offline *offline)
{
        struct snapshot *snapshot = monitor_snapshot(offline->change.machine->monitor);
        const struct dimm *dimm = snapshot_find_dimm(snapshot, offline->change.dimm);
        struct reason_list reasons = { 0 };
        enum offline_event event = OFFLINE_EVENT_PLANNED;
        int r = dimm ? eject_judge(snapshot, dimm, &reasons) : -ENODEV;

        if (r < 0)
                event = no_plan(offline, r);
        else if (reasons.n_items > 0)
                event = refused(offline);
        move_reasons(offline, &reasons);
        reason_list_clear(&reasons);
        return event;
}

static int on_plan(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct offline *offline = userdata;
        struct change *change = &offline->change;
        int r;

        (void) source, (void) usec;

        change_no_tick(change);
        if (change->verb == JOB_DIMM_EJECT) {
                offline_post(offline, plan_eject(offline));
                return 0;
        }
        r = offline_planner_new(change->machine, &change->blocks, change->eject ? change->dimm : NULL,
                                &change->options, on_planned, offline, &offline->planner);
        if (r < 0)
                offline_post(offline, no_plan(offline, r));
        return 0;
}

int offline_plan(void *userdata)
{
        struct offline *offline = userdata;
        int r = change_after(&offline->change, 0, on_plan, offline);

        return r < 0 ? (int) no_plan(offline, r) : COURSE_LATER;
}

void offline_plan_leave(void *userdata)
{
        struct offline *offline = userdata;

        change_no_tick(&offline->change);
        offline->planner = offline_planner_free(offline->planner);
}

static bool has_blocks_to_go(const struct offline *offline)
{
        return steps_left(&offline->change.steps) > 0;
}

static bool guard(struct offline *offline)
{
        const struct guard_request request = {
                .plan = &offline->plan,
                .options = offline->change.options,
                .node_cgroup = offline->node_cgroup,
        };

        if (!has_blocks_to_go(offline))
                return true;
        if (guard_new(offline->change.machine, &request, &offline_guard_owner, offline, &offline->guard) <
            0) {
                change_say_failed(&offline->change, strerror(ENOMEM));
                change_end_as(&offline->change, JOB_RESULT_FAILED);
                return false;
        }
        guard_hold_caches(offline->guard, true);
        crash_at(CRASH_LEASE);
        return true;
}

static bool is_to_place(const struct offline *offline)
{
        return offline->change.verb != JOB_DIMM_EJECT && offline->plan.to_node != NODE_NONE &&
               has_blocks_to_go(offline);
}

int offline_begin(void *userdata)
{
        struct offline *offline = userdata;
        int r;

        r = change_begin_journal(&offline->change, offline_on_tick, offline);
        if (r < 0)
                return r == -EAGAIN ? COURSE_LATER : OFFLINE_EVENT_FAILED;
        job_set_state(offline->change.job, JOB_RUNNING);
        if (is_to_place(offline))
                return OFFLINE_EVENT_PLACE;
        return guard(offline) ? OFFLINE_EVENT_BEGUN : OFFLINE_EVENT_FAILED;
}

/* All or nothing, for nothing has been touched yet. */
static void fail_to_place(struct offline *offline, int error, const char *message)
{
        const struct reason reason = {
                .code = REASON_NODE_NOT_POSSIBLE, .block = REASON_NO_BLOCK,
                .text = message ? (char *) message : (char *) strerror(-error),
        };

        job_reason(offline->change.job, &reason);
        change_end_as(&offline->change, JOB_RESULT_FAILED);
}

static void on_placed(void *userdata, int error, const char *message, struct node_cgroup *group)
{
        struct offline *offline = userdata;

        offline->placing = placing_free(offline->placing);
        offline->node_cgroup = group;
        if (error < 0)
                fail_to_place(offline, error, message);
        else
                block_write_place(offline->change.write, group);
        offline_post(offline, error >= 0 && guard(offline) ? OFFLINE_EVENT_BEGUN : OFFLINE_EVENT_FAILED);
}

int offline_place(void *userdata)
{
        struct offline *offline = userdata;
        int r;

        r = placing_new(offline->change.machine->event, offline->plan.to_node, offline->change.job->id,
                        on_placed, offline, &offline->placing);
        if (r >= 0)
                return COURSE_LATER;
        fail_to_place(offline, r, NULL);
        return OFFLINE_EVENT_FAILED;
}

void offline_place_leave(void *userdata)
{
        struct offline *offline = userdata;

        offline->placing = placing_free(offline->placing);
}
