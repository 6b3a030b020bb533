/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs the kernel's code in a test: locks, waiting, points where another
 * thread may go on. Two implementations: run-thread.c with real threads, for
 * ThreadSanitizer, and run-explore.c, which tries every order.
 */
#ifndef SHIM_RUN_H
#define SHIM_RUN_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct run_lock {
        pthread_mutex_t mutex;
        unsigned int holder; /* thread, from 1 on; 0: free */
};

void run_lock(struct run_lock *lock);
bool run_trylock(struct run_lock *lock);
void run_unlock(struct run_lock *lock);
bool run_lock_held(struct run_lock *lock);

struct run_queue {
        pthread_mutex_t mutex;
        pthread_cond_t cond;
        unsigned long wakes;
        unsigned int waiters;
};

/* Waiting: begin(), look, wait() and look again until satisfied, end(). A wake after begin() is not lost. */
unsigned long run_wait_begin(struct run_queue *queue);
unsigned long run_wait(struct run_queue *queue, unsigned long seen);
void run_wait_end(struct run_queue *queue);
void run_wake(struct run_queue *queue);
bool run_has_waiters(struct run_queue *queue);

/* Another thread may go on here. */
void run_point(void);
void run_sleep(unsigned long ticks);

/* A read that no sanitizer sees. */
unsigned long run_peek(const volatile void *at, size_t size);

#define run_check(condition)                                               \
        do {                                                               \
                if (!(condition))                                          \
                        run_failed(#condition, __FILE__, __LINE__);        \
        } while (0)

/* Says what was found, and by which order of threads, and aborts. */
_Noreturn void run_failed(const char *what, const char *file, int line);

#endif /* SHIM_RUN_H */
