/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job: one request carried out, from judging it to its end, as others see it. What is done, and in which
 * order, is its operation's (daemon/operation); this is what all of them share: number, state, stage,
 * progress, reasons, notes, records, time-out, cancel, result.
 *
 *   planning -> running -> finished
 *       |          |          ^
 *       |          +-> rolling-back
 *       +---------------------+      (refused, or cancelled before the first step)
 *
 * A job is driven by the loop alone.
 */
#ifndef MEMCTL_JOB_JOB_H
#define MEMCTL_JOB_JOB_H

#include "daemon/machine/machine.h"
#include "daemon/plan/reason.h"
#include "basic/cleanup.h"

#include <stdarg.h>

#define JOB_PAGES_UNKNOWN UINT64_MAX

enum job_state {
        JOB_PLANNING,
        JOB_RUNNING,
        JOB_ROLLING_BACK,
        JOB_FINISHED,
        _JOB_STATE_MAX,
};

/* Of JOB_RUNNING: what it is at. */
enum job_stage {
        STAGE_NONE,
        STAGE_FENCING,
        STAGE_OFFLINING,
        STAGE_WAITING, /* for the rate, or before a retry */
        STAGE_STUCK,   /* a block does not get empty */
        STAGE_EJECTING,
        _STAGE_MAX,
};

enum job_result {
        JOB_RESULT_NONE, /* not finished */
        JOB_RESULT_DONE,
        JOB_RESULT_REFUSED,
        JOB_RESULT_FAILED,
        JOB_RESULT_CANCELLED,
        JOB_RESULT_TIMEOUT,
        JOB_RESULT_PARTIAL, /* some blocks went, and were to be kept */
        _JOB_RESULT_MAX,
};

/* The words of docs/bus.md. */
const char *job_state_name(enum job_state state);
const char *job_stage_name(enum job_stage stage);    /* "" for STAGE_NONE */
const char *job_result_name(enum job_result result); /* "" for JOB_RESULT_NONE */

enum job_record_kind { RECORD_DONE, RECORD_FAILED, RECORD_ROLLED_BACK };

const char *job_record_name(enum job_record_kind kind);

/* What happened to a block, in the order it happened. */
struct job_record {
        uint32_t block;
        enum job_record_kind kind;
};

/* How far it is: its operation keeps this up to date and calls job_notify(). */
struct job_progress {
        size_t blocks_total, blocks_done; /* done: changed, and not put back */
        uint32_t current_block;           /* MEMCTL_NONE: it is at none, or at all at once */
        uint64_t pages_in_use;            /* in the plan's blocks; JOB_PAGES_UNKNOWN when not counted */
        uint64_t pages_migrated;          /* by the whole machine, since the start */
        uint64_t pages_held;              /* by its fence */
        uint64_t estimated_usec;          /* 0: not known */
};

/* What a job that changes no blocks has come to. */
enum job_figure {
        FIGURE_ORDER,           /* of the page allocator: pieces of 2^order pages */
        FIGURE_BLOCKS_BEFORE,   /* free pieces of that order, when it began */
        FIGURE_BLOCKS_AFTER,    /* and now */
        FIGURE_CPU_USEC,        /* of its processes, the kernel's work for them included */
        FIGURE_SIZE_BYTES,      /* of a huge page */
        FIGURE_WANTED,          /* huge pages */
        FIGURE_BEFORE,          /* huge pages in the pool, when it began */
        FIGURE_AFTER,           /* and now */
        FIGURE_POSSIBLE_BEFORE, /* free pieces of that size, when it began */
        FIGURE_POSSIBLE,        /* huge pages that it has added, with those that were taken out again */
        FIGURE_ADDED,           /* without them */
        _FIGURE_MAX,
};

#define JOB_FIGURE_NONE UINT64_MAX

const char *job_figure_name(enum job_figure figure); /* "blocks_before" */

struct job;

/* What carries a job out. All is called from the loop. */
struct job_operation {
        /* Begins; job_finish() is called later, never from within. */
        int (*start)(struct job *job);
        /*
         * Somebody cancels it, or its time is over (why), maybe again and again: it is to come to its end,
         * with that result where it still can. Without effect where it cannot.
         */
        void (*stop)(struct job *job, enum job_result why);
        /*
         * Whatever the work is at, its processes go, and what was begun and neither done nor put back is
         * left to the next memctld.
         */
        void (*free)(void *work);
};

/* Called on every change that somebody may want to see; the job is finished when its state says so. */
typedef void (*job_changed_t)(void *userdata, struct job *job);

struct job {
        uint32_t id;
        struct machine *machine;
        const struct job_operation *operation;
        void *work; /* the operation's; freed with the job */
        job_changed_t changed;
        void *userdata;

        const char *name; /* of what is done, in docs/bus.md: "dimm-offline"; static */
        char *target;    /* for people: the DIMM or the ranges as asked */
        char *arguments; /* likewise, as on memctl's command line */
        bool recovered;  /* begun by a memctld that died */
        bool ejected;

        enum job_state state;
        enum job_stage stage;
        enum job_result result; /* JOB_RESULT_NONE until it is finished */
        bool counted;           /* its end, by the registry */
        struct job_progress progress;
        uint64_t figures[_FIGURE_MAX]; /* JOB_FIGURE_NONE: it has none */
        struct reason_list reasons;
        char **notes; /* lines for people; ends with NULL; may be NULL */
        struct job_record *records;
        size_t n_records;

        sd_event_source *timeout;
        uint64_t deadline; /* when it comes: CLOCK_MONOTONIC, microseconds; 0: there is none */
        uint64_t started_at, finished_at; /* CLOCK_MONOTONIC, microseconds */
        uint64_t migrated_at_start;       /* pages, by the whole machine */
};

struct job_request {
        const struct job_operation *operation;
        const char *name;         /* static */
        void *work;               /* for the operation; the job's from job_new() on, whatever that returns */
        const char *target;
        const char *arguments;
        uint64_t timeout_usec;    /* for the whole job, 0: none */
        bool recovered;
};

/* Makes a job; its operation is started by job_start(). changed is called from the loop only. 0 or -errno.
 */
int job_new(struct machine *machine, uint32_t id, const struct job_request *request, job_changed_t changed,
            void *userdata, struct job **ret);
struct job *job_free(struct job *job);
DEFINE_CLEANUP(struct job *, job_free)

/* Begins; 0, or -errno, and then the job is to be freed. */
int job_start(struct job *job);

/*
 * Ends the job with the given result (cancelled or timeout) and has everything put back. Without effect once
 * it is finished; how late that can still be had is its operation's to say.
 */
void job_stop(struct job *job, enum job_result result);

/* Time since the start, until the end if it is finished. Microseconds. */
uint64_t job_elapsed_usec(const struct job *job);

/* For operations. */
uint64_t job_now(const struct job *job); /* CLOCK_MONOTONIC, microseconds */
void job_notify(struct job *job);
void job_set_state(struct job *job, enum job_state state);
void job_set_stage(struct job *job, enum job_stage stage); /* who sets it tells of it */
/* Of what migrated since the start: what the kernel counts, and what it does not (evacuated; pages). */
void job_count_migrated(struct job *job, uint64_t evacuated);
void job_set_figure(struct job *job, enum job_figure figure, uint64_t value); /* who sets it tells of it */
/* It is over, with that result; its work is idle from here on. */
void job_finish(struct job *job, enum job_result result);
/* No time-out any more: what comes has no end that could be earlier. */
void job_end_timeout(struct job *job);
/* Adds a reason (copied); memory being short costs the reason, never a roll back. */
void job_reason(struct job *job, const struct reason *reason);
/* Takes back the reasons about a block that came right; REASON_NO_BLOCK: those about none. */
void job_unsay(struct job *job, uint32_t block);
void job_record(struct job *job, uint32_t block, enum job_record_kind kind);
/* Adds a line to the notes; memory being short costs the line. */
void job_note(struct job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
