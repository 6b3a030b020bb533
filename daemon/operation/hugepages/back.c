/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ends: what was asked is not reached, and what came is kept or taken out again; or all is done.
 */
#include "basic/saturated.h"
#include "daemon/core/crash.h"
#include "daemon/operation/hugepages/hugepages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes that take out nothing, until a node's pages are given up, and the pause behind each. */
#define IDLE_MAX  10
#define IDLE_USEC (500 * UINT64_C(1000))

/* The time was over: the result does not say so any more. */
static void say_unfinished(struct hugepages *self)
{
        char text[96];

        (void) snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " came before the job's time was over",
                        hugepages_added(self), self->wish.count);
        hugepages_reason(self, REASON_HUGE_PAGES_FAILED, text);
}

int hugepages_leave(void *userdata)
{
        struct hugepages *self = userdata;

        if (hugepages_added(self) == 0)
                return HUGEPAGES_EVENT_NOTHING;
        if (self->ending == JOB_RESULT_CANCELLED)
                return HUGEPAGES_EVENT_GO_BACK;
        if (self->wish.count > 0 && hugepages_added(self) >= self->wish.count) {
                self->ending = JOB_RESULT_NONE; /* the last ones came when the time was over */
                return HUGEPAGES_EVENT_KEEP;
        }
        if (!self->partial)
                return HUGEPAGES_EVENT_GO_BACK;
        if (self->ending == JOB_RESULT_TIMEOUT)
                say_unfinished(self);
        self->ending = JOB_RESULT_PARTIAL;
        return HUGEPAGES_EVENT_KEEP;
}

static void begin(struct hugepages *self)
{
        job_end_timeout(self->job);
        self->rolling_back = true;
        (void) journal_mark(self->journal, JOURNAL_ROLL_BACK, REASON_NO_BLOCK);
        crash_at(CRASH_ROLL_BACK);
        job_set_state(self->job, JOB_ROLLING_BACK);
}

int hugepages_back(void *userdata)
{
        struct hugepages *self = userdata;

        if (!self->rolling_back)
                begin(self);
        for (size_t i = 0; i < self->n_nodes; i++)
                if (self->nodes[i].added > 0 && !self->nodes[i].given_up) {
                        self->idle = i == self->at ? self->idle : 0;
                        self->at = i;
                        return HUGEPAGES_EVENT_TAKE;
                }
        return HUGEPAGES_EVENT_DONE;
}

static void give_up(struct hugepages *self, int error)
{
        struct hugepages_node *node = &self->nodes[self->at];
        char text[128];

        node->given_up = true;
        if (node->node >= 0)
                (void) snprintf(text, sizeof(text),
                                "node %d: %" PRIu64 " huge pages are still in its pool: %s", node->node,
                                node->added, strerror(-error));
        else
                (void) snprintf(text, sizeof(text), "%" PRIu64 " huge pages are still in the pool: %s",
                                node->added, strerror(-error));
        hugepages_reason(self, REASON_ROLL_BACK_FAILED, text);
}

static int on_pause(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct hugepages *self = userdata;

        (void) source, (void) usec;

        self->tick = sd_event_source_disable_unref(self->tick);
        hugepages_post(self, HUGEPAGES_EVENT_WRITTEN);
        return 0;
}

/* Nothing was taken out. False: there is no pause. */
static bool pause_or_give_up(struct hugepages *self, int error)
{
        if (++self->idle < IDLE_MAX)
                return machine_after(self->machine, IDLE_USEC, on_pause, self, &self->tick) >= 0;
        give_up(self, error < 0 ? error : -EBUSY);
        return false;
}

int hugepages_take(void *userdata)
{
        struct hugepages *self = userdata;
        struct hugepages_node *node = &self->nodes[self->at];
        struct huge_pool_counts counts = { 0 };
        int r = huge_pool_count(self->machine->tree, self->wish.size, node->node, &counts);

        if (r >= 0) {
                /* what others have taken out meanwhile is not there any more */
                node->added = hugepages_to_take_out(node, counts.persistent);
                if (node->added == 0)
                        return HUGEPAGES_EVENT_WRITTEN;
                self->from = counts.persistent;
                self->to = counts.persistent - hugepages_step(node->added, self->wish.size, self->gigantic);
                r = hugepages_begin_write(self);
        }
        if (r >= 0)
                return COURSE_LATER;
        return pause_or_give_up(self, r) ? COURSE_LATER : (int) HUGEPAGES_EVENT_WRITTEN;
}

void hugepages_taken(struct hugepages *self, int error)
{
        struct hugepages_node *node = &self->nodes[self->at];
        uint64_t went = hugepages_end_write(self);

        node->added = subtract_to_zero(node->added, went);
        if (went > 0)
                self->idle = 0;
        hugepages_tell(self);
        if (went > 0 || !pause_or_give_up(self, error))
                hugepages_post(self, HUGEPAGES_EVENT_WRITTEN);
}

/* Of those that were put back, some may be in use by now: they are over the pool until they are not. */
static void say_in_use(struct hugepages *self)
{
        struct huge_pool_counts counts = { 0 };

        if (huge_pool_count(self->machine->tree, self->wish.size, self->wish.node, &counts) >= 0 &&
            counts.surplus > self->surplus)
                job_note(self->job,
                         "%" PRIu64 " huge pages are in use by now: they go when they are not any more",
                         counts.surplus - self->surplus);
}

int hugepages_end(void *userdata)
{
        struct hugepages *self = userdata;

        hugepages_tell(self);
        if (!self->looked && self->wish.count > 0) /* it has not come to anything */
                job_set_figure(self->job, FIGURE_BEFORE, self->job->figures[FIGURE_AFTER]);
        if (self->rolling_back && self->looked)
                say_in_use(self);
        crash_at(CRASH_FINISHED);
        self->journal = journal_end(self->journal);
        self->write = pool_write_free(self->write);
        job_finish(self->job, self->ending == JOB_RESULT_NONE ? JOB_RESULT_DONE : self->ending);
        return COURSE_LATER;
}
