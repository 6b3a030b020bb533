/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/estimate.h"

#include "basic/saturated.h"

#include <stdlib.h>

/* What a page dropped, and a block, are in pages moved. */
#define DROPPED_PER_MOVED 8
#define BLOCK_PAGES       256

/* A job says what dropping takes when it dropped so many pages a block, and more than it moved. */
#define DROPPED_LEAST 1024

/* Microseconds a page. */
struct speed {
        double moved, dropped;
};

static int compare(const void *a, const void *b)
{
        const double *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

/* Of n > 0 figures, which are put in order. */
static double median(double *figures, size_t n)
{
        qsort(figures, n, sizeof(*figures), compare);
        return n % 2 ? figures[n / 2] : (figures[n / 2 - 1] + figures[n / 2]) / 2;
}

static bool is_alike(const struct history_job *job, const struct offline_plan *plan)
{
        return !job->bounded && job->fenced == plan->fence && job->usec > 0 &&
               (job->blocks > 0 || job->pages_moved > 0 || job->pages_dropped > 0);
}

/* What a job did, in pages moved; without what it dropped. */
static double moving(uint64_t blocks, uint64_t moved)
{
        return (double) blocks * BLOCK_PAGES + (double) moved;
}

static bool dropped_most(const struct history_job *job)
{
        return job->pages_dropped > job->pages_moved &&
               job->pages_dropped / DROPPED_LEAST >= (job->blocks ? job->blocks : 1);
}

/* Microseconds a page moved in each job that is like the plan, whether or not it dropped most; how many
 * there are. */
static size_t costs_of_moving(const struct history *history, const struct offline_plan *plan, bool dropping,
                              double *figures)
{
        size_t n = 0;

        for (size_t i = 0; i < history->n_jobs; i++) {
                const struct history_job *job = &history->jobs[i];

                if (is_alike(job, plan) && dropped_most(job) == dropping)
                        figures[n++] =
                                (double) job->usec / (moving(job->blocks, job->pages_moved) +
                                                      (double) job->pages_dropped / DROPPED_PER_MOVED);
        }
        return n;
}

/* False: there are no jobs to go by. */
static bool find_speed(const struct history *history, const struct offline_plan *plan, struct speed *ret)
{
        double figures[HISTORY_MAX];
        size_t n = costs_of_moving(history, plan, false, figures);
        bool moved = n > 0;

        /* none that moved much: those that dropped are better than nothing */
        if (!moved)
                n = costs_of_moving(history, plan, true, figures);
        if (n == 0)
                return false;
        ret->moved = median(figures, n);
        ret->dropped = ret->moved / DROPPED_PER_MOVED;
        if (!moved)
                return true;

        n = 0;
        for (size_t i = 0; i < history->n_jobs; i++) {
                const struct history_job *job = &history->jobs[i];
                double left = (double) job->usec - ret->moved * moving(job->blocks, job->pages_moved);

                if (is_alike(job, plan) && dropped_most(job))
                        figures[n++] = left > 0 ? left / (double) job->pages_dropped : 0;
        }
        if (n > 0)
                ret->dropped = median(figures, n);
        return true;
}

/* What is too large to be true is cut off. */
static uint64_t whole(double usec)
{
        return usec >= (double) INT64_MAX ? INT64_MAX : usec < 1 ? 1 : (uint64_t) usec;
}

uint64_t estimate_usec(const struct offline_request *request, const struct offline_plan *plan)
{
        uint64_t dropped = plan->cache_known ? plan->drop_bytes / request->page_size : 0;
        uint64_t moved = subtract_to_zero(plan->pages_in_use, dropped);
        double usec, at_rate = 0;
        struct speed speed;

        if (!plan->usage_known || plan->n_steps == 0 || !request->history ||
            !find_speed(request->history, plan, &speed))
                return 0;
        if (request->options.rate > 0)
                at_rate =
                        (double) moved * (double) request->page_size * 1e6 / (double) request->options.rate;
        usec = speed.moved * moving(plan->n_steps, moved) + speed.dropped * (double) dropped;
        return whole(usec > at_rate ? usec : at_rate);
}
