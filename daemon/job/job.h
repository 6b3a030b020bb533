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
 * A job is driven by the loop alone: worker.h does the writes that block, offline_planner.h the counting.
 */
#ifndef MEMCTL_JOB_JOB_H
#define MEMCTL_JOB_JOB_H

#include "daemon/core/node_cgroup.h"
#include "daemon/job/fencing.h"
#include "daemon/machine/machine.h"
#include "daemon/module/lease.h"
#include "daemon/plan/offline.h"
#include "daemon/plan/online.h"
#include "daemon/plan/reason.h"
#include "daemon/plan/verb.h"
#include "daemon/query/offline_planner.h"
#include "daemon/worker/worker.h"

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
const char *job_stage_name(enum job_stage stage); /* "" for STAGE_NONE */
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
        bool again;     /* it was stuck, and is tried once more after the others */
        bool unfenced;  /* it goes before the fence is raised */
};

struct job_request {
        enum job_verb verb;
        const char *target;             /* for people: the DIMM or the ranges as asked */
        const struct block_set *blocks; /* all blocks it is about; those done already are left alone */
        const char *dimm;               /* DIMM verbs, else NULL */
        bool eject;                     /* after going offline; implied by JOB_DIMM_EJECT */
        struct offline_options options; /* offline verbs */
        enum online_zone zone;          /* online verbs */
        uint64_t timeout_usec;          /* for the whole job, 0: none */
        struct journal_found *found;    /* of a memctld that died in it: NULL for a new job; is taken over */
        bool go_on;                     /* with found: not back */
};

struct job;
struct journal;
struct journal_found;
struct fence_watch;
struct why_task;

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
        bool eject;
        struct offline_options options;
        enum online_zone zone;

        enum job_state state;
        enum job_stage stage;
        enum job_result result; /* what it will be while rolling back; shown only once finished */
        struct reason_list reasons;

        /* the plan, and how far it is */
        struct offline_planner *planner;
        struct offline_plan plan; /* of offline jobs; its reasons are in reasons, its steps in steps */
        struct fencing *fencing;  /* NULL: no fence stands */
        struct fence_watch *watch; /* while one stands, where that can be watched */
        bool fence_tried;          /* it has been raised, or could not be */
        bool fenced;               /* one stood, and did not fall by itself */
        bool raising;              /* it is being filled, or what comes of its fall is being judged */
        int fell;                  /* enum memctl_fence_cause, told while one was wanted; -1: none fell */
        struct node_cgroup *node_cgroup;  /* NULL: pages go anywhere */
        struct job_step *steps;
        size_t n_steps, n_done; /* steps [0, n_done) are carried out and not put back */
        size_t n_given_up;      /* the last ones, which do not go: option partial */
        uint64_t pages_in_use;  /* in the plan's blocks; JOB_PAGES_UNKNOWN when not counted */
        struct job_record *records;
        size_t n_records;
        bool ejected;
        struct journal *journal; /* NULL: nothing has been touched */
        bool recovered;          /* begun by a memctld that died */
        struct journal_found *found; /* what it had done, until that is looked at */
        bool going_on;           /* and gone on with */

        size_t n_stuck; /* blocks that the roll back could not put back */

        /* the block write under way (write.c) */
        struct worker *worker;
        struct {
                uint32_t block;
                int kind;
                unsigned int attempts;
                int error; /* what is reported when no process was needed */
                bool aborted, stalled;
                bool begun;            /* the kernel is at it, not at another's write */
                uint64_t in_use;       /* pages, when it was last looked at */
                uint64_t least_in_use; /* pages; to find a block that makes no progress */
                uint64_t progress_at;  /* CLOCK_MONOTONIC, microseconds */
                uint64_t moved_before; /* pages, by the whole machine, when the step began */
                uint64_t began_at;     /* CLOCK_MONOTONIC, microseconds */
        } write;
        struct turn turn;

        /* a block that does not get empty (stuck.c) */
        struct {
                struct why_task *why; /* NULL: nothing is being found out */
                int error;            /* of the write */
                bool no_room;         /* what is left in it has no room elsewhere */
                bool waiting;         /* for the block to become free: option stuck */
                uint64_t pause_usec;  /* before the next try */
        } stuck;
        bool pausing; /* between two steps, for the rate */
        bool slowed;  /* by others, or by blocks that were stuck: its time says nothing about the next job's */
        struct lease_keeper *lease; /* while blocks are taken offline; NULL: none is to be had */
        sd_event_source *tick; /* stall check, retry, eject wait: never two at a time */
        sd_event_source *timeout;
        uint64_t deadline; /* when it comes: CLOCK_MONOTONIC, microseconds; 0: there is none */
        bool ejecting; /* the firmware has been asked: no way back until it answers */
        uint64_t eject_deadline;

        uint64_t started_at, finished_at; /* CLOCK_MONOTONIC, microseconds */
        uint64_t emptied_at;              /* the last block went */
        uint64_t migrated_at_start, migrated;
        uint64_t evacuated; /* pages, of migrated: by memctl.ko itself, so not in the kernel's count */
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
