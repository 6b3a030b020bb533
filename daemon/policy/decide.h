/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a node is to be compacted now, by what is seen of it, and what has come of it before. Never over
 * budget, never again and again where nothing is gained. Pure: all it knows is in its arguments.
 */
#ifndef MEMCTL_POLICY_DECIDE_H
#define MEMCTL_POLICY_DECIDE_H

#include "daemon/policy/config.h"

/* How a node is. The order is that of trouble: the first that is true is told. */
enum compaction_state {
        COMPACTION_OFF,
        COMPACTION_GONE,        /* there is no such node (any more) */
        COMPACTION_REFUSED,     /* a setting of this kernel is known to go wrong with it */
        COMPACTION_REACHED,     /* as many pieces are free as are to be */
        COMPACTION_QUIET,       /* by its times */
        COMPACTION_RECLAIMING,  /* kswapd is at work on the node: memory is short, not in pieces */
        COMPACTION_BUSY,        /* a job is at work */
        COMPACTION_NO_ROOM,     /* there is not as much free memory in small pieces */
        COMPACTION_BACKING_OFF, /* nothing was gained the last times */
        COMPACTION_OVER_BUDGET, /* the CPU time that it may have is used up */
        COMPACTION_PRESSED,     /* others wait for memory as it is */
        COMPACTION_WANTED,      /* now */
        _COMPACTION_STATE_MAX,
};

const char *compaction_state_name(enum compaction_state state); /* "backing_off" */

/* What is seen of a node. */
struct compaction_inputs {
        uint64_t now_usec;            /* a clock that does not go back */
        unsigned int minute;          /* of the day, local time */
        bool there;                   /* the node, with memory */
        bool busy;                    /* a job compacts, or takes memory away */
        uint64_t memory_pages;        /* the node's */
        uint64_t free_pieces;         /* of the order, or what larger ones can be split into */
        uint64_t small_pages;         /* free, in smaller pieces */
        uint64_t piece_pages;         /* 2^order */
        uint64_t kswapd_usec;         /* CPU time of the node's kswapd; may wrap, or begin anew */
        unsigned int memory_pressure; /* PSI some, avg10, in hundredths of a percent */
        const char *refusal;          /* why it must not be done here at all; NULL: it may */
};

/* The CPU time that all nodes share. Zeros to begin with. */
struct compaction_budget {
        bool seen;
        uint64_t seen_usec; /* when it was last filled */
        int64_t left_usec;  /* below 0: it was overdrawn */
};

/* What is remembered of a node. Zeros to begin with. */
struct compaction_memory {
        bool seen;
        uint64_t seen_usec, kswapd_usec; /* at the last look */
        uint64_t cursor;                 /* where the next attempt is to go on; 0: from the beginning */
        bool gained;                     /* since it last began from the beginning */
        uint64_t best;                   /* the most pieces that were free behind an attempt */
        uint64_t backoff_usec;           /* how long it waits after the next vain attempt */
        uint64_t wait_until;             /* it backs off until then */
        enum compaction_state state;
        uint64_t attempts, gains; /* all, and those with which more was free than ever before */
        uint64_t spent_usec;      /* of CPU time, in all of them */
};

/* What is to be done: until so many pieces are free, with so much CPU time at most. */
struct compaction_action {
        bool compact;
        uint64_t until;
        uint64_t cpu_usec;
        uint64_t cursor; /* where it is to go on; 0: from the beginning */
};

/* What has come of an action. */
struct compaction_outcome {
        int64_t gained; /* pieces; others may have taken some: below 0 */
        uint64_t free;  /* pieces at its end */
        uint64_t cpu_usec;
        uint64_t cursor; /* where it was at its end; 0: from the beginning again */
};

/* How many pieces are to be free on a node of so many pages. */
uint64_t compaction_target_pieces(const struct compaction_target *target, uint64_t memory_pages,
                                  uint64_t piece_pages);

/* Fills it by what has come together since the last time. */
void compaction_budget_fill(const struct compaction_config *config, uint64_t now_usec,
                            struct compaction_budget *budget);

/* Looks at a node; the state is in memory->state. To be called every few seconds. */
struct compaction_action compaction_decide(const struct compaction_config *config,
                                           const struct compaction_target *target,
                                           const struct compaction_inputs *inputs,
                                           const struct compaction_budget *budget,
                                           struct compaction_memory *memory);

/*
 * It backs off where nothing was gained in all of the node's memory, or where it came no further. A few
 * pieces that come and go are no gain: more has to be free than ever was, unless much was used since.
 */
void compaction_learn(const struct compaction_outcome *outcome, uint64_t now_usec,
                      struct compaction_budget *budget, struct compaction_memory *memory);

#endif
