/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/hugepages/work.h"

#include "daemon/operation/hugepages/hugepages.h"

#include <errno.h>
#include <stdlib.h>

static void on_written(void *userdata, int error)
{
        struct hugepages *self = userdata;

        if (self->rolling_back)
                hugepages_taken(self, error);
        else
                hugepages_grown(self, error);
}

static int start(struct job *job)
{
        struct hugepages *self = job->work;

        self->job = job;
        course_begin(&self->course, &hugepages_course, self,
                     self->found ? HUGEPAGES_RECOVER : HUGEPAGES_BEGIN);
        return 0;
}

static void stop(struct job *job, enum job_result why)
{
        struct hugepages *self = job->work;

        if (!self->found && !self->rolling_back && self->course.state != HUGEPAGES_EXPLAIN)
                hugepages_end_as(self, why);
        hugepages_post(self, HUGEPAGES_EVENT_STOP);
}

static void free_work(void *work)
{
        struct hugepages *self = work;

        hugepages_no_tick(self);
        hugepages_end_slice(self);
        hugepages_end_explain(self);
        pool_write_free(self->write);
        journal_close(self->journal);
        journal_found_free(self->found);
        free(self->nodes);
        free(self);
}

const struct job_operation hugepages_operation = { .start = start, .stop = stop, .free = free_work };

static int take_found(struct hugepages *self, struct journal_found *found)
{
        self->found = calloc(1, sizeof(*self->found));
        if (!self->found)
                return -ENOMEM;
        *self->found = *found;
        *found = (struct journal_found){ 0 };
        self->journal = TAKE_PTR(self->found->journal);
        self->wish = (struct hugepages_wish){ .size = self->found->huge_page_size, .node = -1 };
        self->partial = false;
        return 0;
}

int hugepages_new(struct machine *machine, const struct operation_request *request,
                  struct journal_found *found, bool go_on, void **ret)
{
        struct hugepages *self = calloc(1, sizeof(*self));
        int r = 0;

        (void) go_on;

        if (!self)
                return -ENOMEM;
        self->machine = machine;
        self->wish = request->hugepages;
        self->partial = request->options.partial;
        if (found)
                r = take_found(self, found);
        if (r >= 0)
                r = pool_write_new(machine, self->wish.size, on_written, self, &self->write);
        if (r < 0) {
                free_work(self);
                return r;
        }
        *ret = self;
        return 0;
}
