/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Taking blocks offline, and ejecting their DIMM. All or nothing: when a block does not go, the job is
 * cancelled or its time runs out, what went is put back; unless it was asked to be kept.
 *
 * The whole course is the table in course.c. Between the files of this folder: nobody else includes this.
 */
#ifndef MEMCTL_OPERATION_OFFLINE_OFFLINE_H
#define MEMCTL_OPERATION_OFFLINE_OFFLINE_H

#include "daemon/core/placing.h"
#include "daemon/job/course.h"
#include "daemon/operation/blocks/change.h"
#include "daemon/operation/blocks/stuck.h"
#include "daemon/operation/offline/eject.h"
#include "daemon/operation/offline/guard.h"
#include "daemon/query/offline_planner.h"

enum offline_state {
        OFFLINE_RECOVER, /* a memctld died in it: its worker's write is waited for */
        OFFLINE_PLAN,
        OFFLINE_BEGIN,   /* the journal, what is held: from here on things are touched */
        OFFLINE_PLACE,   /* what moves is to go to one node: the cgroup for that is made */
        OFFLINE_NEXT,    /* what comes next */
        OFFLINE_FENCE,   /* the fence is raised and filled */
        OFFLINE_BLOCK,   /* a block's "offline" is written */
        OFFLINE_STUCK,   /* it does not get empty: why */
        OFFLINE_SETTLE,  /* what becomes of a block that did not go */
        OFFLINE_WAIT,    /* it is tried again after a while */
        OFFLINE_PACE,    /* a block went; the rate may want a pause */
        OFFLINE_CHECK,   /* all were tried */
        OFFLINE_EJECT,
        OFFLINE_STOP,    /* an end is wanted: the write under way is ended first */
        OFFLINE_LEAVE,   /* what was asked is not reached */
        OFFLINE_BACK,    /* what went is put back */
        OFFLINE_END,
        _OFFLINE_STATE_MAX,
};

enum offline_event {
        OFFLINE_EVENT_PLAN,      /* recovered: it goes on, from a new plan */
        OFFLINE_EVENT_EJECT,     /* the DIMM is to be ejected; recovered: may have been asked to be */
        OFFLINE_EVENT_GO_BACK,   /* recovered: what was begun is put back */
        OFFLINE_EVENT_PLANNED,
        OFFLINE_EVENT_REFUSED,   /* or no plan could be made */
        OFFLINE_EVENT_BEGUN,
        OFFLINE_EVENT_PLACE,
        OFFLINE_EVENT_FENCE,     /* the fence is due */
        OFFLINE_EVENT_BLOCK,     /* a block is */
        OFFLINE_EVENT_ALL,       /* none is left */
        OFFLINE_EVENT_RAISED,    /* the fence, or it could not be */
        OFFLINE_EVENT_NO_ROOM,   /* what is left to move has no room elsewhere */
        OFFLINE_EVENT_WENT,      /* the block is offline */
        OFFLINE_EVENT_NOT_EMPTY, /* it did not get empty */
        OFFLINE_EVENT_FAILED,    /* it did not go, or something else did not work */
        OFFLINE_EVENT_FOUND,     /* why it does not get empty */
        OFFLINE_EVENT_WAIT,      /* for the block */
        OFFLINE_EVENT_GO_ON,     /* with the next one; or a pause is over */
        OFFLINE_EVENT_DONE,
        OFFLINE_EVENT_NOTHING,   /* has been touched */
        OFFLINE_EVENT_KEPT,      /* what went, as was asked */
        OFFLINE_EVENT_STOP,      /* cancelled, or the time is over */
        _OFFLINE_EVENT_MAX,
};

struct offline {
        struct change change;
        struct course course;
        struct offline_planner *planner;
        struct offline_plan plan; /* its reasons and notes are the job's, its steps in change.steps */
        struct placing *placing;         /* while it is being made */
        struct node_cgroup *node_cgroup; /* NULL: pages go anywhere */
        struct guard *guard;
        struct stuck *stuck;
        struct eject *eject;
        enum eject_start eject_start;
        bool eject_again;
        bool fence_tried;
        bool stood;          /* a fence did, until all were tried */
        uint64_t evacuated;  /* pages of drivers moved in rounds of their own */
        int error;           /* of the block that did not go */
        bool is_stuck;       /* it did not get empty */
        bool is_said;        /* and the reason has been added */
        bool no_room;        /* what is left in it has no room elsewhere */
        bool waiting;        /* for it to become free: option stuck */
        uint64_t pause_usec; /* before the next try */
        bool slowed; /* by others, or by blocks that were stuck: its time says nothing about the next job's
                      */
        uint64_t emptied_at; /* the last block went: CLOCK_MONOTONIC, microseconds */
};

/* course.c */
extern const struct course_table offline_course;

/* The states: what begins when one is entered (the event that follows at once, or COURSE_LATER), and how it
 * ends. */
int offline_plan(void *userdata);            /* plan.c */
void offline_plan_leave(void *userdata);
int offline_begin(void *userdata);
int offline_place(void *userdata);
void offline_place_leave(void *userdata);
int offline_next(void *userdata);            /* forward.c */
int offline_fence(void *userdata);
int offline_pace(void *userdata);
void offline_no_tick(void *userdata);
int offline_on_tick(sd_event_source *source, uint64_t usec, void *userdata); /* a pause is over: "go on" */
int offline_check(void *userdata);
int offline_eject(void *userdata);
void offline_eject_leave(void *userdata);
int offline_block(void *userdata);           /* block.c */
int offline_find_out(void *userdata);
void offline_find_out_leave(void *userdata);
int offline_settle(void *userdata);
int offline_wait(void *userdata);
int offline_stop_write(void *userdata);
int offline_leave(void *userdata);           /* back.c */
int offline_back(void *userdata);
int offline_end(void *userdata);

/* Whom the parts tell. */
extern const struct block_write_owner offline_write_owner; /* block.c */
extern const struct put_back_owner offline_back_owner;     /* back.c */
extern const struct guard_owner offline_guard_owner;       /* forward.c */

static inline void offline_post(struct offline *offline, enum offline_event event)
{
        (void) course_post(&offline->course, event);
}

/* Begins the state OFFLINE_RECOVER. 0 or -errno. plan.c */
int offline_await_workers(struct offline *offline);

/* Counts what moved, and tells of the job; the second where its stage may be another. tell.c */
void offline_tell(struct offline *offline);
void offline_tell_stage(struct offline *offline, enum job_stage stage);

/* Gives up all that is held. tell.c */
void offline_let_go(struct offline *offline);

/* Notes how long it took, for the estimates of later ones; remember.c. */
void offline_remember(const struct offline *offline);

#endif
