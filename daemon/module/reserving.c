/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/reserving.h"

#include "basic/clock.h"
#include "daemon/core/aside.h"
#include "daemon/core/helper.h"

#include <errno.h>
#include <string.h>

/* One place: hundreds of MiB may have to move out of it, through swap. */
#define STALL_USEC (60 * UINT64_C(1000000))

/* How often what a job claimed meanwhile is given back. */
#define AGAIN_MAX 4

struct reserving {
        struct reserving_queue *queue;
        struct reserving *next; /* that waits behind it */
        struct reserver_wish wish;
        struct reserver *reserver;
        struct helper *helper; /* NULL: it waits, or is done */
        uint64_t begun_nsecs;  /* CLOCK_BOOTTIME */
        uint64_t back;         /* the id of what is to be given back first; 0: nothing */
        unsigned int again;
        reserving_done_t done;
        void *userdata;
};

struct reserving_queue {
        sd_event *event;
        const struct tree *tree;
        reserving_exclude_t exclude;
        void *userdata;
        struct reserving *first; /* that waits */
        size_t running;
};

int reserving_queue_new(sd_event *event, const struct tree *tree, reserving_exclude_t exclude,
                        void *userdata, struct reserving_queue **ret)
{
        struct reserving_queue *queue = calloc(1, sizeof(*queue));

        if (!queue)
                return -ENOMEM;
        queue->event = event;
        queue->tree = tree;
        queue->exclude = exclude;
        queue->userdata = userdata;
        *ret = queue;
        return 0;
}

struct reserving_queue *reserving_queue_free(struct reserving_queue *queue)
{
        free(queue);
        return NULL;
}

/* In the helper. */
static int work(void *userdata, struct packet *answer, char **message)
{
        struct reserving *reserving = userdata;
        struct reservation_step made = { 0 };
        int r = 0;

        if (reserving->back > 0)
                r = reserver_release(reserving->reserver, reserving->back, message);
        if (r >= 0)
                r = reserver_reserve(reserving->reserver, &reserving->wish, helper_gets_on, &made, message);
        packet_put(answer, &made, sizeof(made));
        return r;
}

/* It came into being since, for the same process: another may have got the name meanwhile. */
static bool is_ours(const struct reserving *reserving, const struct reservation *made)
{
        const struct reserver_wish *wish = &reserving->wish;

        return made->held_nsecs <= clock_nsec(CLOCK_MONOTONIC) - reserving->begun_nsecs &&
               (wish->pid == 0 || (made->pid == wish->pid && strcmp(made->command, wish->command) == 0));
}

/*
 * When the helper was killed: it may have come to its end before. Without a name that is the connection's.
 */
static void undo(void *userdata)
{
        struct reserving *reserving = userdata;
        _cleanup_(reservation_list_clear) struct reservation_list list = { 0 };
        _cleanup_(reserver_freep) struct reserver *reserver = NULL;
        const struct reservation *made = NULL;
        _cleanup_free_ char *message = NULL, *why = NULL;

        if (reservation_list_read(reserving->queue->tree, &list, &message) > 0)
                made = reservation_find_name(&list, reserving->wish.name);
        if (made && is_ours(reserving, made) && reserver_new(reserving->queue->tree, &reserver, &why) >= 0)
                (void) reserver_release(reserver, made->id, &why);
}

static int read_exclude(struct reserving *reserving)
{
        struct reserving_queue *queue = reserving->queue;
        struct reserver_wish *wish = &reserving->wish;
        _cleanup_free_ struct pfn_range *ranges = NULL;
        size_t n = 0;
        int r = queue->exclude ? queue->exclude(queue->userdata, &ranges, &n) : 0;

        if (r < 0)
                return r;
        wish->n_exclude = ranges ? reserver_join(ranges, n, RESERVER_EXCLUDE_MAX) : 0;
        if (ranges)
                memcpy(wish->exclude, ranges, wish->n_exclude * sizeof(*ranges));
        return 0;
}

static void on_done(void *userdata, const struct helper_result *result);

static int start(struct reserving *reserving)
{
        struct helper_task task = {
                .name = "memctld-reserve",
                .work = work,
                .undo = reserving->wish.name[0] ? undo : NULL,
                .keep_fds = { reserver_fd(reserving->reserver), reserving->queue->tree->root_fd, -1 },
                .stall_usec = STALL_USEC,
        };
        int r;

        r = read_exclude(reserving);
        if (r < 0)
                return r;
        if (reserving->begun_nsecs == 0)
                /* the clock by which the kernel says how long it was held */
                reserving->begun_nsecs = clock_nsec(CLOCK_MONOTONIC);
        r = helper_new(reserving->queue->event, &task, reserving, on_done, reserving, &reserving->helper);
        if (r >= 0)
                reserving->queue->running++;
        return r;
}

static void answer(struct reserving *reserving, int error, const char *message,
                   const struct reservation_step *what)
{
        struct reserver *reserver = error >= 0 ? TAKE_PTR(reserving->reserver) : NULL;

        reserving->done(reserving->userdata, error, message, what, reserver);
}

/* Those whose turn it is. done() may free any of them, or add some. */
static void go_on(struct reserving_queue *queue)
{
        while (queue->first && queue->running < RESERVING_MAX) {
                struct reserving *reserving = queue->first;
                int r;

                queue->first = reserving->next;
                reserving->next = NULL;
                r = start(reserving);
                if (r < 0)
                        answer(reserving, r, NULL, NULL);
        }
}

static void stop(struct reserving *reserving)
{
        if (reserving->helper)
                reserving->queue->running--;
        reserving->helper = helper_free(reserving->helper);
}

/* A job has claimed it since it was said what is claimed. */
static bool is_in_the_way(struct reserving *reserving, const struct reservation *made)
{
        if (read_exclude(reserving) < 0)
                return false;
        for (size_t i = 0; i < reserving->wish.n_exclude; i++)
                if (made->start_pfn < reserving->wish.exclude[i].end &&
                    reserving->wish.exclude[i].start < made->start_pfn + made->pages)
                        return true;
        return false;
}

static void on_done(void *userdata, const struct helper_result *result)
{
        struct reserving *reserving = userdata;
        struct reserving_queue *queue = reserving->queue;
        const char *message = result->message;
        struct reservation_step made = { 0 };
        int r = result->error;

        stop(reserving);
        if (r >= 0) {
                packet_get(result->answer, &made, sizeof(made));
                r = result->answer->error;
        }
        if (r == -ETIMEDOUT)
                message = "memctl.ko has been trying one place for a minute: what is in it does not move";
        if (r >= 0 && reserving->again < AGAIN_MAX && is_in_the_way(reserving, &made.made)) {
                reserving->again++;
                reserving->back = made.made.id;
                if (start(reserving) >= 0)
                        return; /* else it stays where it is: the job will say what is in its way */
        }
        answer(reserving, r, message, &made);
        go_on(queue);
}

int reserving_new(struct reserving_queue *queue, const struct reserver_wish *wish, reserving_done_t done,
                  void *userdata, struct reserving **ret, char **message)
{
        _cleanup_(reserving_freep) struct reserving *reserving = calloc(1, sizeof(*reserving));
        struct reserving **last = &queue->first;
        int r;

        if (!reserving)
                return -ENOMEM;
        reserving->queue = queue;
        reserving->wish = *wish;
        reserving->done = done;
        reserving->userdata = userdata;
        r = reserver_new(queue->tree, &reserving->reserver, message);
        if (r >= 0 && queue->running < RESERVING_MAX)
                r = start(reserving);
        else if (r >= 0) {
                while (*last)
                        last = &(*last)->next;
                *last = reserving;
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(reserving);
        return 0;
}

struct reserving *reserving_free(struct reserving *reserving)
{
        struct reserving **at;

        if (!reserving)
                return NULL;

        at = &reserving->queue->first;
        while (*at && *at != reserving)
                at = &(*at)->next;
        if (*at)
                *at = reserving->next;
        stop(reserving);
        reserving_end(reserving->reserver);
        go_on(reserving->queue);
        free(reserving);
        return NULL;
}

static void let_go(void *what)
{
        reserver_free(what);
}

void reserving_end(struct reserver *reserver)
{
        if (reserver)
                aside_run(let_go, reserver);
}
