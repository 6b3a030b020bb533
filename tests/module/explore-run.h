/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the search (explore.c) and what its threads may wait for (run-explore.c).
 */
#ifndef TESTS_KERNEL_EXPLORE_RUN_H
#define TESTS_KERNEL_EXPLORE_RUN_H

#include <linux/workqueue.h>

#include "explore.h"

#define EXPLORE_WORKER (EXPLORE_THREADS + 1)

enum explore_ready {
        EXPLORE_WAITS,
        EXPLORE_READY,
        EXPLORE_ASLEEP,
};

struct explore_thread {
        bool ended;
        bool asleep;
        struct run_lock *lock;   /* waits until it is free */
        struct run_queue *queue; /* waits until its wakes are not ... */
        unsigned long seen;
        struct delayed_work *work; /* waits until it has ended so often, or is not to run */
        unsigned long runs;
};

extern struct explore_thread explore_threads[];
extern unsigned int explore_self;

/* explore.c: another thread may go on, or must if this one waits. */
void explore_switch(void);

enum explore_ready explore_ready(unsigned int thread);
void explore_wake(unsigned int thread);

/* The worker, a thread that runs delayed work. */
void explore_work(void);
void explore_work_start(void);
bool explore_work_idle(void);
bool explore_work_stop(void);

#endif /* TESTS_KERNEL_EXPLORE_RUN_H */
