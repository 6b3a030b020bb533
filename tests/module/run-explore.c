// SPDX-License-Identifier: GPL-2.0
/*
 * run.h for explore.c. Outside of it, where one thread runs, what would have to wait
 * for another is a failure, and delayed work runs when its time is waited for.
 */
#include <string.h>

#include "explore-run.h"

static struct delayed_work *work_pending, *work_running;
static bool work_stopping;

enum explore_ready explore_ready(unsigned int index)
{
        struct explore_thread *t = &explore_threads[index];

        if (!index || t->ended)
                return EXPLORE_WAITS;
        if (t->lock)
                return t->lock->holder ? EXPLORE_WAITS : EXPLORE_READY;
        if (t->queue)
                return t->queue->wakes == t->seen ? EXPLORE_WAITS : EXPLORE_READY;
        if (t->work)
                return t->work->runs < t->runs && (t->work->pending || work_running == t->work) ?
                        EXPLORE_WAITS : EXPLORE_READY;
        if (t->asleep)
                return EXPLORE_ASLEEP;
        if (index != EXPLORE_WORKER || work_running)
                return EXPLORE_READY;
        if (!work_pending)
                return EXPLORE_WAITS;
        return work_pending->delay ? EXPLORE_ASLEEP : EXPLORE_READY;
}

void explore_wake(unsigned int index)
{
        explore_threads[index].asleep = false;
        if (index == EXPLORE_WORKER && !work_running)
                work_pending->delay = 0;
}

void run_point(void)
{
        if (explore_self)
                explore_switch();
}

void run_lock(struct run_lock *lock)
{
        run_point();
        run_check(lock->holder != explore_self + 1);
        while (lock->holder) {
                run_check(explore_self);
                explore_threads[explore_self].lock = lock;
                explore_switch();
                explore_threads[explore_self].lock = NULL;
        }
        lock->holder = explore_self + 1;
}

bool run_trylock(struct run_lock *lock)
{
        run_point();
        if (lock->holder)
                return false;
        lock->holder = explore_self + 1;
        return true;
}

void run_unlock(struct run_lock *lock)
{
        run_check(run_lock_held(lock));
        lock->holder = 0;
        run_point();
}

bool run_lock_held(struct run_lock *lock)
{
        return lock->holder == explore_self + 1;
}

unsigned long run_wait_begin(struct run_queue *queue)
{
        queue->waiters++;
        return queue->wakes;
}

unsigned long run_wait(struct run_queue *queue, unsigned long seen)
{
        struct explore_thread *t = &explore_threads[explore_self];

        run_check(explore_self);
        t->queue = queue;
        t->seen = seen;
        explore_switch();
        t->queue = NULL;
        return queue->wakes;
}

void run_wait_end(struct run_queue *queue)
{
        queue->waiters--;
}

void run_wake(struct run_queue *queue)
{
        run_point();
        queue->wakes++;
}

bool run_has_waiters(struct run_queue *queue)
{
        run_point();
        return queue->waiters;
}

static void work_run(void)
{
        struct delayed_work *work = work_pending;

        work_pending = NULL;
        work->pending = false;
        work_running = work;
        work->work.func(&work->work);
        work_running = NULL;
        work->runs++;
}

void run_sleep(unsigned long ticks)
{
        (void) ticks;
        if (explore_self) {
                explore_threads[explore_self].asleep = true;
                explore_switch();
        } else if (work_pending) {
                work_run();
        }
}

void explore_work_start(void)
{
        work_stopping = false;
}

void explore_work(void)
{
        while (!work_stopping) {
                if (work_pending && !work_pending->delay)
                        work_run();
                else
                        explore_switch();
        }
}

bool explore_work_idle(void)
{
        return !work_running && !explore_threads[EXPLORE_WORKER].lock;
}

/* Once: the worker is to end. */
bool explore_work_stop(void)
{
        work_stopping = true;
        return !explore_threads[EXPLORE_WORKER].ended;
}

/* There is one provider at a time here, so one work. */
void shim_work_queue(struct delayed_work *work, unsigned long delay, bool again)
{
        run_check(!work_pending || work_pending == work);
        if (!work->pending || again)
                work->delay = delay;
        work->pending = true;
        work_pending = work;
        run_point();
}

static void work_wait(struct delayed_work *work, unsigned long runs)
{
        struct explore_thread *t = &explore_threads[explore_self];

        t->work = work;
        t->runs = runs;
        explore_switch();
        t->work = NULL;
}

void shim_work_flush(struct delayed_work *work)
{
        run_point();
        if (!explore_self) {
                if (work->pending)
                        work_run();
                return;
        }
        work->delay = 0;
        work_wait(work, work->runs + work->pending + (work_running == work));
}

/* It may be running, and queue itself. */
void shim_work_cancel(struct delayed_work *work)
{
        run_point();
        for (;;) {
                if (work_pending == work)
                        work_pending = NULL;
                work->pending = false;
                if (work_running != work)
                        break;
                work_wait(work, work->runs + 1);
        }
}
