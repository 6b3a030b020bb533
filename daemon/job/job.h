/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job: one request carried out, from judging it to its end. All or nothing: when a step fails, the job
 * is cancelled or its time runs out, what it did is put back, block by block in the reverse order.
 *
 *   planning -> running -> finished
 *       |          |          ^
 *       |          +-> rolling-back
 *       +---------------------+      (refused, or cancelled before the first step)
 *
 * A job is driven by the loop alone: worker.h does the writes that block, judge.h the counting.
 */
#ifndef MEMCTL_JOB_JOB_H
#define MEMCTL_JOB_JOB_H

#include "daemon/job/judge.h"
#include "daemon/job/lease.h"
#include "daemon/job/machine.h"
#include "daemon/job/worker.h"
#include "daemon/plan/offline.h"
#include "daemon/plan/online.h"
#include "daemon/plan/reason.h"

#define JOB_PAGES_UNKNOWN UINT64_MAX

enum job_verb {
        JOB_BLOCK_OFFLINE,
        JOB_BLOCK_ONLINE,
        JOB_DIMM_OFFLINE,
        JOB_DIMM_ONLINE,
        JOB_DIMM_EJECT,
        _JOB_VERB_MAX,
};

enum job_state {
        JOB_PLANNING,
        JOB_RUNNING,
        JOB_ROLLING_BACK,
        JOB_FINISHED,
        _JOB_STATE_MAX,
};

enum job_result {
        JOB_RESULT_NONE, /* not finished */
        JOB_RESULT_DONE,
        JOB_RESULT_REFUSED,
        JOB_RESULT_FAILED,
        JOB_RESULT_CANCELLED,
        JOB_RESULT_TIMEOUT,
        _JOB_RESULT_MAX,
};

/* The words of docs/bus.md. */
const char *job_verb_name(enum job_verb verb);
const char *job_state_name(enum job_state state);
const char *job_result_name(enum job_result result); /* "" for JOB_RESULT_NONE */

enum job_record_kind { RECORD_DONE, RECORD_FAILED, RECORD_ROLLED_BACK };

const char *job_record_name(enum job_record_kind kind);

/* What happened to a block, in the order it happened. */
struct job_record {
        uint32_t block;
        enum job_record_kind kind;
};

struct job_step {
        uint32_t block;
        enum zone zone; /* offline jobs: where it was; online jobs: ZONE_NONE */
};

struct job_request {
        enum job_verb verb;
        const char *target;             /* for people: the DIMM or the ranges as asked */
        const struct block_set *blocks; /* all blocks it is about; those done already are left alone */
        const char *dimm;               /* DIMM verbs, else NULL */
        bool eject;                     /* after going offline; implied by JOB_DIMM_EJECT */
        bool force;                     /* offline verbs: in spite of pages that do not move */
        enum online_zone zone;          /* online verbs */
        uint64_t timeout_usec;          /* for the whole job, 0: none */
};

struct job;

/* Called on every change that somebody may want to see; the job is finished when its state says so. */
typedef void (*job_changed_t)(void *userdata, struct job *job);

struct job {
        uint32_t id;
        struct machine *machine;
        job_changed_t changed;
        void *userdata;

        /* as asked */
        enum job_verb verb;
        char *target;
        struct block_set blocks;
        char *dimm;
        bool eject, force;
        enum online_zone zone;

        enum job_state state;
        enum job_result result; /* what it will be while rolling back; shown only once finished */
        struct reason_list reasons;

        /* the plan, and how far it is */
        struct judge *judge;
        struct job_step *steps;
        size_t n_steps, n_done; /* steps [0, n_done) are carried out and not put back */
        uint64_t pages_in_use;  /* in the plan's blocks; JOB_PAGES_UNKNOWN when not counted */
        struct job_record *records;
        size_t n_records;
        bool ejected;

        size_t n_stuck; /* blocks that the roll back could not put back */

        /* the block write under way (write.c) */
        struct worker *worker;
        struct {
                uint32_t block;
                int kind;
                unsigned int attempts;
                int error; /* what is reported when no process was needed */
                bool aborted, stalled;
                uint64_t least_in_use; /* pages; to find a block that makes no progress */
                uint64_t progress_at;  /* CLOCK_MONOTONIC, microseconds */
        } write;
        struct lease_keeper *lease; /* while blocks are taken offline; NULL: none is to be had */
        sd_event_source *tick; /* stall check, retry, eject wait: never two at a time */
        sd_event_source *timeout;
        bool ejecting; /* the firmware has been asked: no way back until it answers */
        uint64_t eject_deadline;

        uint64_t started_at, finished_at; /* CLOCK_MONOTONIC, microseconds */
        uint64_t migrated_at_start, migrated;
};

/* Copies the request and starts the job; changed is called from the loop only. */
int job_new(struct machine *machine, uint32_t id, const struct job_request *request, job_changed_t changed,
            void *userdata, struct job **ret);
struct job *job_free(struct job *job);
DEFINE_CLEANUP(struct job *, job_free)

/*
 * Ends the job with the given result (cancelled or timeout) and has everything put back. Without effect
 * once it is finished or rolling back, and once the firmware has been asked to eject.
 */
void job_abort(struct job *job, enum job_result result);

/* Time since the start, until the end if it is finished. Microseconds. */
uint64_t job_elapsed_usec(const struct job *job);

/* Blocks that this job took offline (or online) and that still are. */
size_t job_blocks_changed(const struct job *job);

#endif
