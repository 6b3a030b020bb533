/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge pages are added to a pool, all or none: free pieces of their size are made where there are too few,
 * then the pool's number is written, node by node; and that again, as long as it gains something. The whole
 * course is the table in course.c. Between the files of this folder: nobody else includes this.
 */
#ifndef MEMCTL_OPERATION_HUGEPAGES_HUGEPAGES_H
#define MEMCTL_OPERATION_HUGEPAGES_HUGEPAGES_H

#include "daemon/job/course.h"
#include "daemon/job/job.h"
#include "daemon/journal/journal.h"
#include "daemon/machine/huge_pool.h"
#include "daemon/operation/blocks/request.h"
#include "daemon/operation/compact/in_the_way.h"
#include "daemon/operation/compact/slice.h"
#include "daemon/operation/hugepages/pool_write.h"
#include "daemon/plan/hugepages.h"

enum hugepages_state {
        HUGEPAGES_RECOVER, /* a memctld died in it: its worker's write is waited for */
        HUGEPAGES_BEGIN,
        HUGEPAGES_LOOK,    /* how many pieces there are */
        HUGEPAGES_COMPACT, /* more are made */
        HUGEPAGES_JOURNAL, /* from here on pools are touched */
        HUGEPAGES_SHARE,   /* how many are asked of which node */
        HUGEPAGES_STEP,    /* what comes next */
        HUGEPAGES_WRITE,   /* some more pages for a node's pool */
        HUGEPAGES_JUDGE,   /* all nodes were asked */
        HUGEPAGES_STOP,    /* an end is wanted: the write under way is ended first */
        HUGEPAGES_EXPLAIN, /* what stands in the way */
        HUGEPAGES_LEAVE,   /* what was asked is not reached */
        HUGEPAGES_BACK,    /* what is to be taken out next */
        HUGEPAGES_TAKE,    /* some pages of a node's pool are taken out */
        HUGEPAGES_END,
        _HUGEPAGES_STATE_MAX,
};

enum hugepages_event {
        HUGEPAGES_EVENT_GO_ON, /* it has begun, a pause or a slice is over */
        HUGEPAGES_EVENT_SHORT, /* of pieces */
        HUGEPAGES_EVENT_READY, /* to write */
        HUGEPAGES_EVENT_REFUSED,
        HUGEPAGES_EVENT_FAILED,
        HUGEPAGES_EVENT_BEGUN,
        HUGEPAGES_EVENT_SHARED,
        HUGEPAGES_EVENT_WRITE,
        HUGEPAGES_EVENT_ROUND, /* is over */
        HUGEPAGES_EVENT_WRITTEN,
        HUGEPAGES_EVENT_REACHED,
        HUGEPAGES_EVENT_AGAIN,
        HUGEPAGES_EVENT_OVER, /* more is not to be had */
        HUGEPAGES_EVENT_EXPLAINED,
        HUGEPAGES_EVENT_NOTHING, /* has been added */
        HUGEPAGES_EVENT_KEEP,
        HUGEPAGES_EVENT_GO_BACK,
        HUGEPAGES_EVENT_TAKE,
        HUGEPAGES_EVENT_DONE,
        HUGEPAGES_EVENT_STOP, /* cancelled, or the time is over */
        _HUGEPAGES_EVENT_MAX,
};

/* Numbers are of huge pages, where nothing else is said. */
struct hugepages {
        struct machine *machine;
        struct job *job; /* known from the start on */
        struct course course;
        sd_event_source *tick; /* of the state it is in */

        struct hugepages_wish wish;
        bool partial;
        uint64_t goal; /* what is tried for: wish.count, or with partial what there is room for */
        bool looked;   /* before it began: the figures are there */
        unsigned int order;
        bool gigantic;
        uint64_t surplus; /* of the pool, when it began */

        struct hugepages_node *nodes;
        size_t n_nodes;
        struct hugepages_so_far so_far;

        struct slice *slice;              /* under way */
        struct compact_so_far compacting; /* in this round */
        uint64_t until;                   /* free pieces */
        uint64_t cpu_usec;
        struct in_the_way *in_the_way; /* under way */

        struct pool_write *write;
        size_t at;         /* the node that is written to, */
        uint64_t from, to; /* what its pool has, and is to have */
        unsigned int idle; /* writes that have taken out nothing */
        int write_error;   /* of the last one that failed; 0: none did */

        struct journal *journal; /* NULL: nothing has been touched */
        unsigned int journal_tries;
        struct journal_found *found; /* of a memctld that died, until that is looked at */
        bool rolling_back;
        enum job_result ending; /* JOB_RESULT_NONE: nothing stands against done */
};

/* course.c */
extern const struct course_table hugepages_course;

/* The states: as those of online/. */
int hugepages_recover(void *userdata); /* recover.c */
int hugepages_begin(void *userdata);   /* look.c */
int hugepages_look(void *userdata);
int hugepages_compact(void *userdata); /* compact.c */
void hugepages_end_slice(void *userdata);
int hugepages_journal(void *userdata); /* grow.c */
int hugepages_share_out(void *userdata);
int hugepages_choose(void *userdata);
int hugepages_write(void *userdata);
int hugepages_judge(void *userdata);
int hugepages_stop_write(void *userdata);
int hugepages_explain(void *userdata); /* explain.c */
void hugepages_end_explain(void *userdata);
int hugepages_leave(void *userdata); /* back.c */
int hugepages_back(void *userdata);
int hugepages_take(void *userdata);
int hugepages_end(void *userdata);
void hugepages_no_tick(void *userdata);

/* A pool's write is over: of WRITE and STOP in grow.c, of TAKE in back.c. work.c tells which. */
void hugepages_grown(struct hugepages *self, int error);
void hugepages_taken(struct hugepages *self, int error);

/* pools.c. A node's row, added where it is not there; NULL: no memory. */
struct hugepages_node *hugepages_node(struct hugepages *self, int node);
uint64_t hugepages_added(const struct hugepages *self);

/* Announces a write in the journal and begins it: the pool of nodes[at] goes from `from` to `to`. 0 or
 * -errno, and then it is not begun. */
int hugepages_begin_write(struct hugepages *self);

/* CPU time so far, of compaction and of writes. */
void hugepages_tell_cpu(struct hugepages *self);

/* Reads what has come of it, puts that into the journal, and returns how many pages. */
uint64_t hugepages_end_write(struct hugepages *self);

/* tell.c. The job's figures; then tells of them. */
void hugepages_tell(struct hugepages *self);

void hugepages_reason(struct hugepages *self, enum reason_code code, const char *text);

/* Ends with that result, unless somebody wanted another: a cancel is above a time-out, that above a failure.
 */
void hugepages_end_as(struct hugepages *self, enum job_result result);

static inline void hugepages_post(struct hugepages *self, enum hugepages_event event)
{
        (void) course_post(&self->course, event);
}

#endif
