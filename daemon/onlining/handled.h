/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What became of new memory: of each DIMM or device that came, the decision, the job, and whether it is
 * tried again. Kept for a while, for people. Pure, but for the list itself.
 */
#ifndef MEMCTL_ONLINING_HANDLED_H
#define MEMCTL_ONLINING_HANDLED_H

#include "daemon/onlining/newcomer.h"

enum handled_state {
        HANDLED_RUNNING, /* a job brings it online */
        HANDLED_WAITING, /* to be tried again */
        HANDLED_DONE,    /* memctld has brought it online */
        HANDLED_THERE,   /* it was online already */
        HANDLED_LEFT,    /* it stays offline */
        HANDLED_FAILED,  /* it was tried as often as it may be */
        HANDLED_GONE,    /* it was taken out before */
        _HANDLED_MAX,
};

const char *handled_state_name(enum handled_state state); /* "running" */

struct handled {
        char name[NEWCOMER_NAME_MAX], text[NEWCOMER_BLOCKS_MAX], driver[32];
        int node;
        uint64_t device_bytes, bytes; /* bytes: that are, or were, to be brought online */
        enum handled_state state;
        enum online_target target, wanted; /* target: the zone it went to, or is in */
        enum online_why why;
        char reason[ONLINE_REASON_MAX];
        char error[256];     /* of the last job, or why there is none; "": none */
        uint32_t job;        /* the last one; 0: none */
        unsigned int tries;  /* that have failed */
        uint64_t wait_until; /* HANDLED_WAITING: CLOCK_MONOTONIC, microseconds */
        uint32_t *blocks;    /* of the job, ascending */
        size_t n_blocks;
};

#define HANDLED_MAX 64

struct handled_list {
        struct handled items[HANDLED_MAX]; /* the last one is the newest */
        size_t n;
};

void handled_list_clear(struct handled_list *list);

/*
 * What is known of the newcomer of that name, which is the newest from then on; or a new one, in place of
 * the oldest that is over. NULL: all are under way.
 */
struct handled *handled_take(struct handled_list *list, const struct newcomer *newcomer);

/* NULL: there is none. */
struct handled *handled_find(struct handled_list *list, const char *name);
struct handled *handled_find_job(struct handled_list *list, uint32_t job);

bool handled_is_over(const struct handled *handled);

/* A try has failed: it waits, twice as long each time, or has failed for good. */
#define HANDLED_TRIES_MAX 6
void handled_fail(struct handled *handled, uint64_t now_usec);

#endif
