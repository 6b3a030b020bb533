/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the request to the first touch: the plan, or the refusal with nothing touched; the journal. Or from
 * where a memctld died.
 */
#include "daemon/operation/online/online.h"
#include "daemon/plan/online.h"

#include <errno.h>
#include <string.h>

static int on_recover(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct online *online = userdata;
        struct change *change = &online->change;

        (void) source, (void) usec;

        if (!change_take_over(change, &usec))
                return change_after(change, usec, on_recover, online);
        change->found = journal_found_free(change->found);
        change_say_interrupted(change);
        online_post(online, ONLINE_EVENT_GO_BACK);
        return 0;
}

int online_await_workers(struct online *online)
{
        /* from the loop, so that the caller has the job before it may be over */
        return change_after(&online->change, 0, on_recover, online);
}

void online_no_tick(void *userdata)
{
        struct online *online = userdata;

        change_no_tick(&online->change);
}

static enum online_event no_plan(struct online *online, int error)
{
        change_say_failed(&online->change, strerror(-error));
        change_end_as(&online->change, JOB_RESULT_FAILED);
        return ONLINE_EVENT_REFUSED;
}

static enum online_event take_plan(struct online *online, const struct online_plan *plan)
{
        struct change *change = &online->change;

        for (size_t i = 0; i < plan->reasons.n_items; i++)
                job_reason(change->job, &plan->reasons.items[i]);
        if (plan->refused) {
                change_end_as(change, JOB_RESULT_REFUSED);
                return ONLINE_EVENT_REFUSED;
        }
        for (size_t i = 0; i < plan->n_blocks; i++)
                if (steps_add(&change->steps,
                              &(struct step){ .block = plan->blocks[i], .zone = ZONE_NONE }) < 0)
                        return no_plan(online, -ENOMEM);
        return ONLINE_EVENT_PLANNED;
}

static int on_plan(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct online *online = userdata;
        struct change *change = &online->change;
        struct online_plan plan = { 0 };
        enum online_event event;
        int r;

        (void) source, (void) usec;

        change_no_tick(change);
        r = online_plan_make(monitor_snapshot(change->machine->monitor), change->blocks.numbers,
                             change->blocks.n_numbers, change->zone, &plan);
        event = r < 0 ? no_plan(online, r) : take_plan(online, &plan);
        online_plan_clear(&plan);
        online_post(online, event);
        return 0;
}

int online_plan(void *userdata)
{
        struct online *online = userdata;
        /* from the loop, so that the caller has the job before it may be over */
        int r = change_after(&online->change, 0, on_plan, online);

        return r < 0 ? (int) no_plan(online, r) : COURSE_LATER;
}

static int on_begin_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source, (void) usec;

        online_post(userdata, ONLINE_EVENT_GO_ON);
        return 0;
}

int online_begin(void *userdata)
{
        struct online *online = userdata;
        int r;

        r = change_begin_journal(&online->change, on_begin_again, online);
        if (r < 0)
                return r == -EAGAIN ? COURSE_LATER : ONLINE_EVENT_FAILED;
        job_set_state(online->change.job, JOB_RUNNING);
        return ONLINE_EVENT_BEGUN;
}
