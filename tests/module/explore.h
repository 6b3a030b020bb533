/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tries every order in which a few threads can run the real code: one thread runs
 * at a time, and at each point of run.h another may go on. Orders are searched
 * depth first by running them again from the start. A switch away from a thread
 * that could go on is a preemption; orders with more of them than a bound are left
 * out. A thread that sleeps goes on when no other can, or for a preemption.
 */
#ifndef TESTS_KERNEL_EXPLORE_H
#define TESTS_KERNEL_EXPLORE_H

#include <stdbool.h>

#define EXPLORE_THREADS 4

struct explore {
        const char *name;
        void (*setup)(void);  /* before each order, alone */
        void (*finish)(void); /* after it, alone: checks */
        void (*threads[EXPLORE_THREADS])(void);
        unsigned int bound; /* preemptions */
        unsigned long least; /* orders that there must be */
};

/* Prints how many orders there were; a failure in one ends the process. */
unsigned long explore(const struct explore *explore);

#endif /* TESTS_KERNEL_EXPLORE_H */
