/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Named points at which a test lets memctld or its worker die, as by kill -9, to see what the next one makes
 * of it. MEMCTL_CRASH=POINT[:N] in the environment names the point and, where it is passed more than once,
 * the time (1 is the first); MEMCTL_HOLD names one in the same way at which it is stopped, as by kill -STOP,
 * so that a job is not over before a test has done what it came for. Only in builds for tests: elsewhere
 * there are no such points. tests/guest/test_crash.py dies at each of them.
 */
#ifndef MEMCTL_CORE_CRASH_H
#define MEMCTL_CORE_CRASH_H

#include "config.h"

enum crash_point {
        CRASH_JOURNAL,        /* a journal is written, and has no name yet */
        CRASH_PLANNED,        /* it has one; nothing is touched */
        CRASH_LEASE,          /* the LRU caches are held off */
        CRASH_FENCING,        /* a fence is raised (the first time), some memory is held */
        CRASH_FENCED,         /* all that can be is held */
        CRASH_OFFLINE,        /* a block's "offline" is announced, not written */
        CRASH_OFFLINED,       /* it is offline, and that is not in the journal */
        CRASH_MARKED,         /* now it is; or that it is online */
        CRASH_ALL_OFFLINE,    /* all blocks are */
        CRASH_UNFENCED,       /* fence and lease are given back */
        CRASH_EJECT,          /* an eject is announced, not asked for */
        CRASH_EJECTING,       /* it is asked for, and that is not in the journal */
        CRASH_ASKED,          /* now it is */
        CRASH_EJECTED,        /* the DIMM is gone */
        CRASH_ROLL_BACK,      /* a roll back is announced */
        CRASH_ONLINE,         /* a block's "online" is announced, not written */
        CRASH_ONLINED,        /* it is online, and that is not in the journal */
        CRASH_POOL,           /* a pool's number is announced, not written */
        CRASH_POOLED,         /* it is written, and what has come of it is not in the journal */
        CRASH_FINISHED,       /* the job is over, and its journal is still there */
        CRASH_HISTORY,        /* it is done, and its journal gone; how long it took is not kept yet */
        CRASH_REMEMBERED,     /* now it is */
        CRASH_RECOVER,        /* a journal was found, nothing is touched */
        CRASH_RENEWED,        /* of a job that goes on, the journal has its new steps */
        CRASH_WORKER_WRITE,   /* the worker, before a write */
        CRASH_WORKER_WRITTEN, /* the worker, after it */
        CRASH_WORKER_FENCE,   /* the worker, before it raises a fence or holds memory */
        CRASH_WORKER_FENCED,  /* the worker, after it */
        _CRASH_MAX,
};

#if MEMCTL_CRASH_POINTS
void crash_at(enum crash_point point);
/* A worker has died: the next one does not. */
void crash_forget(void);
#else
static inline void crash_forget(void)
{
}

static inline void crash_at(enum crash_point point)
{
        (void) point;
}
#endif

#endif
