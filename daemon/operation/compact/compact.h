/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compaction: slice after slice until as many free pieces are there as were asked for, or there is nothing
 * more to gain; then, what stands in the way. Nothing is put back: it takes nothing. The whole course is the
 * table in course.c. Between the files of this folder: nobody else includes this.
 */
#ifndef MEMCTL_OPERATION_COMPACT_COMPACT_H
#define MEMCTL_OPERATION_COMPACT_COMPACT_H

#include "basic/job_options.h"
#include "daemon/job/course.h"
#include "daemon/job/job.h"
#include "daemon/operation/compact/in_the_way.h"
#include "daemon/operation/compact/slice.h"

enum compact_state {
        COMPACT_BEGIN,
        COMPACT_SLICE,   /* some is compacted; the first one only looks */
        COMPACT_LOOK,    /* what has come of a slice that was cut short */
        COMPACT_EXPLAIN, /* it is looked for what stands in the way */
        COMPACT_END,
        _COMPACT_STATE_MAX,
};

enum compact_event {
        COMPACT_EVENT_GO_ON,
        COMPACT_EVENT_REACHED,
        COMPACT_EVENT_OVER, /* and more was asked for, or all that can be had */
        COMPACT_EVENT_FAILED,
        COMPACT_EVENT_LOOKED,
        COMPACT_EVENT_EXPLAINED,
        COMPACT_EVENT_STOP, /* cancelled, or the time is over */
        _COMPACT_EVENT_MAX,
};

struct compacting {
        struct machine *machine;
        struct job *job; /* known from the start on */
        struct course course;
        sd_event_source *tick;

        struct compact_options options;
        struct compact_so_far so_far;
        struct slice *slice;           /* under way */
        struct in_the_way *in_the_way; /* likewise */
        bool looked;                /* before it began: the figures are there */
        uint64_t cpu_usec;
        enum job_result ending; /* JOB_RESULT_NONE: nothing stands against done */
};

/* course.c */
extern const struct course_table compact_course;

/* The states: as those of online/. */
int compact_begin(void *userdata); /* slices.c */
void compact_end_begin(void *userdata);
int compact_slice(void *userdata);
int compact_look(void *userdata);
void compact_end_slice(void *userdata);
int compact_explain(void *userdata); /* explain.c */
void compact_end_explain(void *userdata);
int compact_end(void *userdata); /* end.c */

static inline void compact_post(struct compacting *compacting, enum compact_event event)
{
        (void) course_post(&compacting->course, event);
}

#endif
