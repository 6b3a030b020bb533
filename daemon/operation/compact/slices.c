/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slice after slice.
 */
#include "basic/saturated.h"
#include "daemon/operation/compact/compact.h"

#include <errno.h>
#include <string.h>

static int on_begin(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct compacting *compacting = userdata;

        (void) source, (void) usec;

        job_set_state(compacting->job, JOB_RUNNING);
        compact_post(compacting, COMPACT_EVENT_GO_ON);
        return 0;
}

int compact_begin(void *userdata)
{
        struct compacting *compacting = userdata;

        /* from the loop, so that the caller has the job before it may be over; without the timer: at once */
        if (machine_after(compacting->machine, 0, on_begin, compacting, &compacting->tick) < 0)
                return COMPACT_EVENT_GO_ON;
        return COURSE_LATER;
}

void compact_end_begin(void *userdata)
{
        struct compacting *compacting = userdata;

        compacting->tick = sd_event_source_disable_unref(compacting->tick);
}

static enum compact_event failed(struct compacting *compacting, int error, const char *message)
{
        const struct reason reason = {
                .code = REASON_COMPACTION_FAILED,
                .block = REASON_NO_BLOCK,
                .text = (char *) (message ? message : strerror(-error)),
        };
        bool refused = !compacting->looked && (error == -EINVAL || error == -ENOENT);

        job_reason(compacting->job, &reason);
        compacting->ending = refused ? JOB_RESULT_REFUSED : JOB_RESULT_FAILED;
        return COMPACT_EVENT_FAILED;
}

static void take(struct compacting *compacting, const struct slice_result *result)
{
        struct job *job = compacting->job;

        if (!compacting->looked)
                job_set_figure(job, FIGURE_BLOCKS_BEFORE, result->slice.before);
        job_set_figure(job, FIGURE_ORDER, result->order);
        compacting->options.order = (int) result->order;
        compacting->looked = true;
        compacting->cpu_usec += result->cpu_usec;
        job_set_figure(job, FIGURE_BLOCKS_AFTER, result->slice.after);
        job_set_figure(job, FIGURE_CPU_USEC, compacting->cpu_usec);
        job_count_migrated(job, 0);
        job_notify(job);
}

static void say_no_room(struct compacting *compacting, const struct slice_result *result)
{
        uint64_t page = (uint64_t) sysconf(_SC_PAGESIZE), piece = page << compacting->options.order;
        const struct reason reason = {
                .code = REASON_NOT_ENOUGH_MEMORY,
                .block = REASON_NO_BLOCK,
                .needed_bytes = multiply_saturated(compacting->options.until, piece),
                .available_bytes = multiply_saturated(result->free_pages, page),
        };

        if (reason.needed_bytes > reason.available_bytes)
                job_reason(compacting->job, &reason);
}

static enum compact_event judge(struct compacting *compacting, const struct slice_result *result)
{
        if (!result->compacted)
                return compacting->options.until > 0 && result->slice.after >= compacting->options.until ?
                               COMPACT_EVENT_REACHED :
                               COMPACT_EVENT_GO_ON;
        switch (compact_next(compacting->options.until, &result->slice, &compacting->so_far)) {
        case COMPACT_GO_ON:
                return COMPACT_EVENT_GO_ON;
        case COMPACT_REACHED:
                return COMPACT_EVENT_REACHED;
        case COMPACT_NO_ROOM:
        case COMPACT_NOTHING:
        default:
                say_no_room(compacting, result);
                return COMPACT_EVENT_OVER;
        }
}

static void on_slice(void *userdata, int error, const char *message, const struct slice_result *result)
{
        struct compacting *compacting = userdata;
        enum compact_event event;

        if (error >= 0)
                take(compacting, result);
        if (compacting->course.state == COMPACT_LOOK) {
                compact_post(compacting, COMPACT_EVENT_LOOKED);
                return;
        }
        event = error < 0 ? failed(compacting, error, message) : judge(compacting, result);
        compact_post(compacting, event);
}

static int begin_slice(struct compacting *compacting, bool only_look)
{
        const struct slice_wish wish = {
                .order = compacting->options.order,
                .node = compacting->options.node,
                .until = compacting->options.until,
                .cursor = compacting->so_far.cursor,
                .only_look = only_look,
        };

        return slice_new(compacting->machine, &wish, on_slice, compacting, &compacting->slice);
}

int compact_slice(void *userdata)
{
        struct compacting *compacting = userdata;
        int r = begin_slice(compacting, !compacting->looked);

        return r < 0 ? (int) failed(compacting, r, NULL) : COURSE_LATER;
}

/* Nothing stands against its end if this does not work. */
int compact_look(void *userdata)
{
        struct compacting *compacting = userdata;

        return compacting->ending == JOB_RESULT_REFUSED || begin_slice(compacting, true) < 0
                       ? (int) COMPACT_EVENT_LOOKED
                       : COURSE_LATER;
}

void compact_end_slice(void *userdata)
{
        struct compacting *compacting = userdata;

        compacting->slice = slice_free(compacting->slice);
}
