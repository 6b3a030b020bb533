/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How memory is to be taken offline, as asked: what the options of docs/bus.md mean to plans and jobs. Pure.
 */
#ifndef MEMCTL_PLAN_OPTIONS_H
#define MEMCTL_PLAN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What becomes of clean page cache in the blocks. */
enum cache_mode {
        CACHE_AUTO, /* what is cold is dropped, what is hot is moved */
        CACHE_KEEP,
        CACHE_DROP,
        _CACHE_MODE_MAX,
};

/* What is done about a block that does not get empty. */
enum stuck_mode {
        STUCK_ROLL_BACK, /* everything is put back */
        STUCK_SKIP,      /* the others first, and then it once more */
        STUCK_WAIT,      /* tried until the job's time is over, or somebody cancels it */
        _STUCK_MODE_MAX,
};

/* The words of docs/bus.md: "auto", "roll-back". */
const char *cache_mode_name(enum cache_mode mode);
const char *stuck_mode_name(enum stuck_mode mode);
/* The mode, or -EINVAL for any other word. */
int cache_mode_parse(const char *text);
int stuck_mode_parse(const char *text);

#define MAX_PAUSE_MIN_USEC UINT64_C(1000)
#define MAX_PAUSE_MAX_USEC UINT64_C(10000000)
#define RATE_MIN_BYTES     (UINT64_C(1) << 20)

struct offline_options {
        bool force;   /* in spite of pages that do not move, and of drivers that manage blocks */
        bool partial; /* keep what went, when the rest does not */
        bool swap;    /* free swap counts as room */
        bool resume;  /* a next memctld goes on, instead of putting back */
        enum cache_mode cache;
        enum stuck_mode stuck;
        uint64_t max_pause_usec; /* 0: no bound; else MAX_PAUSE_MIN_USEC to MAX_PAUSE_MAX_USEC */
        uint64_t rate;           /* bytes a second; 0: no bound; else at least RATE_MIN_BYTES */
        int to_node;             /* NODE_NONE: anywhere */
};

#define OFFLINE_OPTIONS_NONE ((struct offline_options){ .to_node = -1 })

#endif
