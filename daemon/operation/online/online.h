/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bringing blocks online, all or nothing. The whole course is the table in course.c. Between the files of
 * this folder: nobody else includes this.
 */
#ifndef MEMCTL_OPERATION_ONLINE_ONLINE_H
#define MEMCTL_OPERATION_ONLINE_ONLINE_H

#include "daemon/job/course.h"
#include "daemon/operation/blocks/change.h"

enum online_state {
        ONLINE_RECOVER, /* a memctld died in it: its worker's write is waited for */
        ONLINE_PLAN,
        ONLINE_BEGIN,   /* the journal: from here on things are touched */
        ONLINE_NEXT,    /* what comes next */
        ONLINE_BLOCK,   /* a block's "online" is written */
        ONLINE_CHECK,   /* all were tried */
        ONLINE_STOP,    /* an end is wanted: the write under way is ended first */
        ONLINE_LEAVE,   /* what was asked is not reached */
        ONLINE_BACK,    /* what came is put back */
        ONLINE_END,
        _ONLINE_STATE_MAX,
};

enum online_event {
        ONLINE_EVENT_PLANNED,
        ONLINE_EVENT_REFUSED, /* or no plan could be made */
        ONLINE_EVENT_BEGUN,
        ONLINE_EVENT_GO_ON,   /* a pause is over */
        ONLINE_EVENT_BLOCK,   /* a block is due */
        ONLINE_EVENT_ALL,     /* none is left */
        ONLINE_EVENT_CAME,    /* the block is online */
        ONLINE_EVENT_FAILED,  /* it did not come, or something else did not work */
        ONLINE_EVENT_DONE,
        ONLINE_EVENT_NOTHING, /* has been touched */
        ONLINE_EVENT_GO_BACK,
        ONLINE_EVENT_STOP,    /* cancelled, or the time is over */
        _ONLINE_EVENT_MAX,
};

struct online {
        struct change change;
        struct course course;
};

/* course.c */
extern const struct course_table online_course;

/* The states: what begins when one is entered (the event that follows at once, or COURSE_LATER), and how it
 * ends. */
int online_plan(void *userdata); /* plan.c */
int online_begin(void *userdata);
int online_next(void *userdata); /* forward.c */
int online_block(void *userdata);
int online_check(void *userdata);
int online_stop_write(void *userdata);
int online_leave(void *userdata); /* back.c */
int online_back(void *userdata);
int online_end(void *userdata);
void online_no_tick(void *userdata);

/* Whom the parts tell. */
extern const struct block_write_owner online_write_owner; /* forward.c */
extern const struct put_back_owner online_back_owner;     /* back.c */

/* Begins the state ONLINE_RECOVER. 0 or -errno. plan.c */
int online_await_workers(struct online *online);

static inline void online_post(struct online *online, enum online_event event)
{
        (void) course_post(&online->course, event);
}

/* Tells of the job. */
static inline void online_tell(struct online *online)
{
        const struct change *change = &online->change;
        const struct step *step = steps_next(&change->steps);

        job_count_migrated(change->job, 0);
        change_tell(&online->change, change->rolling_back ? put_back_block(change->back) :
                                     step                 ? step->block :
                                                            REASON_NO_BLOCK);
}

#endif
