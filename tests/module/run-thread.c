// SPDX-License-Identifier: GPL-2.0
/*
 * run.h with real threads. Waiting is short: a tick is 20 us.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/workqueue.h>

#define TICK 20

static pthread_mutex_t work_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_cond = PTHREAD_COND_INITIALIZER;
static struct delayed_work *work_pending, *work_running;
static bool work_started;

_Noreturn void run_failed(const char *what, const char *file, int line)
{
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
        abort();
}

static unsigned int run_self(void)
{
        static __thread unsigned int self;

        if (!self)
                self = (unsigned int) syscall(SYS_gettid);
        return self;
}

void run_lock(struct run_lock *lock)
{
        pthread_mutex_lock(&lock->mutex);
        __atomic_store_n(&lock->holder, run_self(), __ATOMIC_RELAXED);
}

bool run_trylock(struct run_lock *lock)
{
        if (pthread_mutex_trylock(&lock->mutex))
                return false;
        __atomic_store_n(&lock->holder, run_self(), __ATOMIC_RELAXED);
        return true;
}

void run_unlock(struct run_lock *lock)
{
        run_check(run_lock_held(lock));
        __atomic_store_n(&lock->holder, 0, __ATOMIC_RELAXED);
        pthread_mutex_unlock(&lock->mutex);
}

bool run_lock_held(struct run_lock *lock)
{
        return __atomic_load_n(&lock->holder, __ATOMIC_RELAXED) == run_self();
}

unsigned long run_wait_begin(struct run_queue *queue)
{
        unsigned long seen;

        pthread_mutex_lock(&queue->mutex);
        queue->waiters++;
        seen = queue->wakes;
        pthread_mutex_unlock(&queue->mutex);
        return seen;
}

unsigned long run_wait(struct run_queue *queue, unsigned long seen)
{
        pthread_mutex_lock(&queue->mutex);
        while (queue->wakes == seen)
                pthread_cond_wait(&queue->cond, &queue->mutex);
        seen = queue->wakes;
        pthread_mutex_unlock(&queue->mutex);
        return seen;
}

void run_wait_end(struct run_queue *queue)
{
        pthread_mutex_lock(&queue->mutex);
        queue->waiters--;
        pthread_mutex_unlock(&queue->mutex);
}

void run_wake(struct run_queue *queue)
{
        pthread_mutex_lock(&queue->mutex);
        queue->wakes++;
        pthread_cond_broadcast(&queue->cond);
        pthread_mutex_unlock(&queue->mutex);
}

bool run_has_waiters(struct run_queue *queue)
{
        bool has;

        pthread_mutex_lock(&queue->mutex);
        has = queue->waiters;
        pthread_mutex_unlock(&queue->mutex);
        return has;
}

void run_point(void)
{
}

void run_sleep(unsigned long ticks)
{
        usleep((useconds_t) (ticks * TICK));
}

static void work_unlink(struct delayed_work *work)
{
        struct delayed_work **at = &work_pending;

        while (*at && *at != work)
                at = &(*at)->next;
        if (*at)
                *at = work->next;
        work->pending = false;
}

/* Runs for ever: the process ends with it. */
static void *work_main(void *unused)
{
        (void) unused;
        pthread_mutex_lock(&work_mutex);
        for (;;) {
                struct delayed_work *work = work_pending;

                if (!work) {
                        pthread_cond_wait(&work_cond, &work_mutex);
                        continue;
                }
                if (work->delay) {
                        work->delay--;
                        pthread_mutex_unlock(&work_mutex);
                        run_sleep(1);
                        pthread_mutex_lock(&work_mutex);
                        continue;
                }
                work_unlink(work);
                work_running = work;
                pthread_mutex_unlock(&work_mutex);
                work->work.func(&work->work);
                pthread_mutex_lock(&work_mutex);
                work_running = NULL;
                work->runs++;
                pthread_cond_broadcast(&work_cond);
        }
        return NULL;
}

void shim_work_queue(struct delayed_work *work, unsigned long delay, bool again)
{
        pthread_t thread;

        pthread_mutex_lock(&work_mutex);
        if (!work_started)
                run_check(pthread_create(&thread, NULL, work_main, NULL) == 0);
        work_started = true;
        if (!work->pending) {
                work->next = work_pending;
                work_pending = work;
                work->pending = true;
                work->delay = delay;
        } else if (again) {
                work->delay = delay;
        }
        pthread_cond_broadcast(&work_cond);
        pthread_mutex_unlock(&work_mutex);
}

void shim_work_flush(struct delayed_work *work)
{
        unsigned long runs;

        pthread_mutex_lock(&work_mutex);
        work->delay = 0;
        runs = work->runs + work->pending + (work_running == work);
        while (work->runs < runs && (work->pending || work_running == work))
                pthread_cond_wait(&work_cond, &work_mutex);
        pthread_mutex_unlock(&work_mutex);
}

void shim_work_cancel(struct delayed_work *work)
{
        pthread_mutex_lock(&work_mutex);
        for (;;) {
                work_unlink(work); /* it may queue itself */
                if (work_running != work)
                        break;
                pthread_cond_wait(&work_cond, &work_mutex);
        }
        pthread_mutex_unlock(&work_mutex);
}
