/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all operations that change blocks' states have in common: what was asked, the steps, the journal, who
 * writes and who puts back. An operation's work has one; its course (a table of its own) says what is done
 * when.
 */
#ifndef MEMCTL_OPERATION_BLOCKS_CHANGE_H
#define MEMCTL_OPERATION_BLOCKS_CHANGE_H

#include "daemon/job/job.h"
#include "daemon/operation/blocks/put_back.h"
#include "daemon/operation/blocks/steps.h"
#include "daemon/operation/blocks/write.h"
#include "daemon/operation/blocks/request.h"

struct change {
        struct machine *machine;
        struct job *job; /* known from the start on */

        /* as asked */
        enum job_verb verb;
        char *target, *dimm; /* dimm: NULL for verbs that are about none */
        bool eject;
        struct offline_options options;
        enum online_zone zone;
        struct block_set blocks;

        struct steps steps;
        struct block_write *write;
        struct put_back *back;
        struct journal *journal;     /* NULL: nothing has been touched */
        unsigned int journal_tries;
        struct journal_found *found; /* what a memctld that died had done, until that is looked at */
        bool recovered, going_on;    /* and it is gone on with */
        bool rolling_back;
        enum job_result ending;      /* what it will end as; JOB_RESULT_NONE: nothing stands against done */
        sd_event_source *tick;       /* of the state it is in */
};

/* Copies the request; found (NULL: a new job) is taken over. 0 or -errno. */
int change_init(struct change *change, struct machine *machine, const struct operation_request *request,
                struct journal_found *found, bool go_on);
void change_clear(struct change *change);

/* Makes those who write and put back, before anything is touched. 0 or -errno. */
int change_make_parts(struct change *change, const struct block_write_owner *write,
                      const struct put_back_owner *back, void *userdata);

/*
 * Writes to the journal what is about to be done, or is; false, with a reason: it could not be, and nothing
 * may be done. On the way back it is always true.
 */
bool change_mark(struct change *change, enum journal_mark mark, uint32_t block);

/*
 * Writes the journal with the steps as they are, or renews it. 0; -EAGAIN: not now, and handler will be
 * called, which is to have it tried again; another -errno, with a reason and ending set: it could not be.
 */
int change_begin_journal(struct change *change, sd_event_time_handler_t handler, void *userdata);

/*
 * Of a job in which a memctld died: takes over the steps that were begun, in the order in which they were.
 * False: not yet, its worker is still in a write, or memory is short; change_after() the time in *usec, try
 * again.
 */
bool change_take_over(struct change *change, uint64_t *usec);

/* Ends with that result, unless somebody wanted another end: a cancel is above a time-out, that above a
 * failure. */
void change_end_as(struct change *change, enum job_result result);

/*
 * Somebody wants the end (why). Without effect on a way back, which has the result that made it one; what a
 * memctld that died had begun goes back, where that has not been looked at yet.
 */
void change_stop(struct change *change, enum job_result why);

/* Has handler called once, instead of whatever was to be called. 0 or -errno. */
int change_after(struct change *change, uint64_t usec, sd_event_time_handler_t handler, void *userdata);
void change_no_tick(struct change *change);

/* A memctld died in it, and what it had begun goes back. */
void change_say_interrupted(struct change *change);

/* Adds a failure about no block. */
void change_say_failed(struct change *change, const char *text);

/* Begins the way back: nothing ends it any more. */
void change_go_back(struct change *change);

/* The job's figures about blocks; then tells of them. current: REASON_NO_BLOCK: none. */
void change_tell(struct change *change, uint32_t current);

/* All is done or put back: the journal goes. */
void change_end_journal(struct change *change);

/* And the job is finished. */
void change_finish(struct change *change);

#endif
