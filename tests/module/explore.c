// SPDX-License-Identifier: GPL-2.0
/*
 * The search: threads as coroutines, and the trail of choices of one order.
 */
#include "explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "explore-run.h"

#define STACK (192 * 1024)
#define TRAIL 4096
#define STEPS 20000 /* of one order; more is a livelock */

struct explore_thread explore_threads[EXPLORE_THREADS + 2]; /* from 1 on; the last one works */
unsigned int explore_self; /* 0: nobody but the test itself runs */

static ucontext_t explore_main;
static ucontext_t explore_contexts[EXPLORE_THREADS + 2];
static char explore_stacks[EXPLORE_THREADS + 2][STACK] __attribute__((aligned(16)));
static struct choice {
        unsigned char options, taken;
} trail[TRAIL];
static unsigned int trail_length, trail_at;
static unsigned int preemptions, steps;
static const struct explore *exploring;
static unsigned long explored;

_Noreturn void run_failed(const char *what, const char *file, int line)
{
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
        if (exploring) {
                fprintf(stderr, "%s, order %lu, thread %u, choices:", exploring->name, explored + 1, explore_self);
                for (unsigned int i = 0; i < trail_at; i++)
                        fprintf(stderr, " %u", trail[i].taken);
                fprintf(stderr, "\n");
        }
        abort();
}

static unsigned int choose(unsigned int options)
{
        if (options == 1)
                return 0;
        if (trail_at == trail_length) {
                run_check(trail_length < TRAIL);
                trail[trail_length++] = (struct choice){ .options = (unsigned char) options };
        }
        run_check(trail[trail_at].options == options); /* else an order does not repeat */
        return trail[trail_at++].taken;
}

/* The next order; false: that was the last. */
static bool trail_next(void)
{
        while (trail_length && trail[trail_length - 1].taken + 1 == trail[trail_length - 1].options)
                trail_length--;
        if (!trail_length)
                return false;
        trail[trail_length - 1].taken++;
        return true;
}

static bool all_ended(void)
{
        for (unsigned int i = 1; i <= EXPLORE_THREADS; i++) {
                if (!explore_threads[i].ended)
                        return false;
        }
        return true;
}

static void go_to(unsigned int next)
{
        unsigned int self = explore_self;

        explore_self = next;
        if (next != self)
                swapcontext(self ? &explore_contexts[self] : &explore_main,
                            next ? &explore_contexts[next] : &explore_main);
}

/* Who goes on: this thread if it can, others in order, then those that sleep. */
void explore_switch(void)
{
        unsigned int able[EXPLORE_THREADS + 2], asleep[EXPLORE_THREADS + 2];
        unsigned int ables = 0, sleepers = 0, options, taken;
        bool self = explore_ready(explore_self) == EXPLORE_READY;

        if (++steps > STEPS)
                run_failed("the threads come to an end", __FILE__, __LINE__);
        if (self)
                able[ables++] = explore_self;
        for (unsigned int i = 1; i <= EXPLORE_WORKER; i++) {
                enum explore_ready ready = explore_ready(i);

                if (ready == EXPLORE_READY && i != explore_self)
                        able[ables++] = i;
                else if (ready == EXPLORE_ASLEEP)
                        asleep[sleepers++] = i;
        }
        if (all_ended() && explore_work_idle()) {
                go_to(explore_work_stop() ? EXPLORE_WORKER : 0);
                return;
        }
        if (!ables && !sleepers)
                run_failed("no deadlock", __FILE__, __LINE__);
        if (!ables)
                options = sleepers;
        else if (preemptions >= exploring->bound)
                options = self ? 1 : ables;
        else
                options = ables + sleepers;
        taken = choose(options);
        if (taken >= ables) {
                preemptions += ables > 0;
                taken = asleep[taken - ables];
                explore_wake(taken);
        } else {
                preemptions += self && taken > 0;
                taken = able[taken];
        }
        go_to(taken);
}

static void thread_main(unsigned int index)
{
        if (index == EXPLORE_WORKER)
                explore_work();
        else
                exploring->threads[index - 1]();
        explore_threads[index].ended = true;
        explore_switch();
}

static void run_order(void)
{
        memset(explore_threads, 0, sizeof(explore_threads));
        trail_at = preemptions = steps = 0;
        exploring->setup();
        for (unsigned int i = 1; i <= EXPLORE_WORKER; i++) {
                ucontext_t *context = &explore_contexts[i];

                explore_threads[i].ended = i < EXPLORE_WORKER && !exploring->threads[i - 1];
                getcontext(context);
                context->uc_stack.ss_sp = explore_stacks[i];
                context->uc_stack.ss_size = STACK;
                context->uc_link = NULL;
                makecontext(context, (void (*)(void)) thread_main, 1, i);
        }
        explore_self = 0;
        explore_work_start();
        explore_switch();
        explore_self = 0;
        exploring->finish();
}

unsigned long explore(const struct explore *e)
{
        exploring = e;
        trail_length = 0;
        explored = 0;
        do {
                run_order();
                explored++;
        } while (trail_next());
        exploring = NULL;
        printf("# %s: %lu orders with at most %u preemptions\n", e->name, explored, e->bound);
        fflush(stdout);
        if (explored < e->least)
                run_failed("as many orders as expected", __FILE__, __LINE__);
        return explored;
}
