/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * More free pieces of the size are made, slice after slice. What goes wrong there is no failure: the kernel
 * may still find some.
 */
#include "daemon/operation/hugepages/hugepages.h"

#include <string.h>

static void take(struct hugepages *self, const struct slice_result *result)
{
        struct job *job = self->job;

        self->cpu_usec += result->cpu_usec;
        hugepages_tell_cpu(self);
        if (job->figures[FIGURE_BLOCKS_BEFORE] == JOB_FIGURE_NONE)
                job_set_figure(job, FIGURE_BLOCKS_BEFORE, result->slice.before);
        job_set_figure(job, FIGURE_BLOCKS_AFTER, result->slice.after);
        job_set_figure(job, FIGURE_ORDER, result->order);
        job_count_migrated(job, 0);
        job_notify(job);
}

static void on_slice(void *userdata, int error, const char *message, const struct slice_result *result)
{
        struct hugepages *self = userdata;
        enum hugepages_event event = HUGEPAGES_EVENT_OVER;

        if (error < 0)
                job_note(self->job, "free memory could not be compacted: %s",
                         message ? message : strerror(-error));
        else {
                take(self, result);
                if (compact_next(self->until, &result->slice, &self->compacting) == COMPACT_GO_ON)
                        event = HUGEPAGES_EVENT_GO_ON;
        }
        if (event == HUGEPAGES_EVENT_OVER) /* the next round goes on from there */
                self->compacting = (struct compact_so_far){ .cursor = self->compacting.cursor };
        hugepages_post(self, event);
}

int hugepages_compact(void *userdata)
{
        struct hugepages *self = userdata;
        const struct slice_wish wish = {
                .order = (int) self->order,
                .node = self->wish.node,
                .until = self->until,
                .cursor = self->compacting.cursor,
        };

        return slice_new(self->machine, &wish, on_slice, self, &self->slice) < 0 ? (int) HUGEPAGES_EVENT_OVER
                                                                                 : COURSE_LATER;
}

void hugepages_end_slice(void *userdata)
{
        struct hugepages *self = userdata;

        self->slice = slice_free(self->slice);
}
