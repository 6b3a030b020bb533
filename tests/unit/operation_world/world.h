/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A machine with a few blocks, a clock that moves as it is told, workers, a module and a journal, all of
 * them made up: they stand in for what operations use (worker.h, journal.h, fence_watch.h, ..., sd-event's
 * timers). How they behave is drawn from a seed, or set.
 */
#ifndef MEMCTL_TESTS_UNIT_OPERATION_WORLD_H
#define MEMCTL_TESTS_UNIT_OPERATION_WORLD_H

#include "daemon/machine/machine.h"
#include "daemon/journal/journal.h"
#include "daemon/operation/operation.h"

#define WORLD_BLOCKS 5
#define WORLD_FIRST  32 /* the first one's number */

enum world_block_state { WORLD_ONLINE, WORLD_OFFLINE, WORLD_GOING, WORLD_GONE };

/* What becomes of a write of a block's state. */
enum world_fate {
        FATE_DONE,
        FATE_BUSY,      /* the kernel says so */
        FATE_FAILS,     /* it says something else */
        FATE_STUCK,     /* it never ends by itself; the kernel is at it */
        FATE_CONTENDED, /* likewise; it is at another's */
        FATE_DIES,      /* the worker does */
        _FATE_MAX,
};

struct world_block {
        enum world_block_state state;
        bool touched;             /* by somebody else: what it was says nothing */
        enum world_fate offline, online;
        uint64_t identity;
        enum zone zone;           /* where it is, once it is online */
        unsigned int turns;       /* writes after which the fate is FATE_DONE; 0: it stays */
};

#define WORLD_POOLS     2 /* nodes with a pool of huge pages */
#define WORLD_HUGE_SIZE (UINT64_C(2) << 20)

/* In huge pages. */
struct world_pool {
        uint64_t persistent, surplus;
        uint64_t pieces; /* free ones of that size */
};

struct world {
        struct machine machine;
        struct world_block blocks[WORLD_BLOCKS];
        enum world_block_state before[WORLD_BLOCKS]; /* the job, or the one that died in it */
        enum world_block_state found[WORLD_BLOCKS];  /* when that was found */

        int plan_error;           /* of the planner; 0: there is a plan */
        bool plan_refuses, plan_fences, judge_refuses;
        int unfenced;             /* steps that go before the fence */
        int to_node;              /* of the plan */
        int fence_error;          /* of what the fence's worker is asked */
        uint64_t fence_falls;     /* microseconds after it was watched; 0: it stays */
        int journal_error, mark_error; /* of the journal's begin, and its next line (once) */
        unsigned int dead_workers; /* looks at which the worker of a memctld that died is still there */
        bool eject_takes, eject_error;
        int cgroup_error;
        bool why_finds, short_of_memory, few_processes;
        unsigned int undone; /* writes of "offline" after which somebody brings the block online at once, in
                                zone Normal */

        struct snapshot *snapshot; /* for who looks into it; else NULL */
        uint64_t free_pieces;      /* of the order that is compacted for */
        bool slices_fail;

        struct world_pool pools[WORLD_POOLS];
        bool gigantic;      /* the page allocator has no such pieces */
        bool pools_change;  /* by somebody else */
        bool pools_fail;    /* cannot always be read or written */
        uint64_t huge_room; /* huge pages that there is memory for */

        /* what is there now */
        size_t workers, busy_workers, leases, watches, planners, whys, cgroups, timers, journals, slices,
                surveys;
        size_t journals_ended, journals_left; /* so far */
        uint64_t now;             /* CLOCK_MONOTONIC, microseconds */
        uint64_t migrated;
        uint32_t random;
};

extern struct world world;

/* All as it is after a boot: blocks online, nothing goes wrong. seed: of the random numbers, and of nothing
 * else. */
void world_reset(uint32_t seed);

/* And everything as the seed wants it. */
void world_draw(void);

/* 0 to n - 1. */
uint32_t world_random(uint32_t n);

/* Has the next timer come, if there is one: true. */
bool world_step(void);

/* A journal as a memctld left it that died when the first n_begun of blocks [0, WORLD_BLOCKS) were begun. */
struct journal_found world_found(enum job_verb verb, size_t n_begun);

/* Likewise, of huge pages; the pools are as they were before, and are then what it has made of them. */
struct journal_found world_found_pools(void);

#endif
