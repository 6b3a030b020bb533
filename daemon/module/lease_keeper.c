/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/module/lease.h"

#include "daemon/module/leasing.h"

#include <errno.h>
#include <string.h>

/* Between two leases, whatever the kernel says. */
#define LEAST_USEC (200 * UINT64_C(1000))

#define ACCURACY_USEC (50 * UINT64_C(1000))

struct lease_keeper {
        sd_event *event;
        const struct tree *tree;
        lease_keeper_first_t first;
        void *userdata;
        struct leasing *leasing; /* the first or the next, while it is being taken */
        struct lease *lease;     /* NULL: before the first; may have ended, when no other was to be had */
        sd_event_source *timer;
        bool complained;
};

/* At half time: the next is there before this one ends, even when the loop is late. */
static uint64_t next_usec(const struct lease_keeper *keeper)
{
        uint64_t usec = lease_usec(keeper->lease) / 2;

        return usec > LEAST_USEC ? usec : LEAST_USEC;
}

static void complain(struct lease_keeper *keeper, int error, const char *message)
{
        if (!keeper->complained)
                (void) fprintf(stderr, "memctld: the LRU caches may come on during a job: %s\n",
                               message ? message : strerror(-error));
        keeper->complained = true;
}

static int set_timer(struct lease_keeper *keeper)
{
        int r = sd_event_source_set_time_relative(keeper->timer, next_usec(keeper));

        return r < 0 ? r : sd_event_source_set_enabled(keeper->timer, SD_EVENT_ONESHOT);
}

static void on_leased(void *userdata, int error, const char *message, struct lease *lease)
{
        struct lease_keeper *keeper = userdata;

        keeper->leasing = leasing_free(keeper->leasing);
        if (error >= 0) {
                leasing_end(keeper->lease);
                keeper->lease = lease;
        } else
                complain(keeper, error, message);
        (void) set_timer(keeper);
}

static int on_half_time(sd_event_source *source, uint64_t usec, void *userdata);

static void on_first(void *userdata, int error, const char *message, struct lease *lease)
{
        struct lease_keeper *keeper = userdata;

        keeper->leasing = leasing_free(keeper->leasing);
        keeper->lease = lease;
        if (error >= 0)
                error = sd_event_add_time_relative(keeper->event, &keeper->timer, CLOCK_MONOTONIC,
                                                   next_usec(keeper), ACCURACY_USEC, on_half_time, keeper);
        keeper->first(keeper->userdata, error, message);
}

static int on_half_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct lease_keeper *keeper = userdata;
        _cleanup_free_ char *message = NULL;
        int r;

        (void) source, (void) usec;

        r = leasing_new(keeper->event, keeper->tree, 0, on_leased, keeper, &keeper->leasing, &message);
        if (r >= 0)
                return 0;
        complain(keeper, r, message);
        return set_timer(keeper);
}

int lease_keeper_new(sd_event *event, const struct tree *tree, lease_keeper_first_t first, void *userdata,
                     struct lease_keeper **ret, char **message)
{
        _cleanup_(lease_keeper_freep) struct lease_keeper *keeper = calloc(1, sizeof(*keeper));
        int r;

        if (!keeper)
                return -ENOMEM;
        keeper->event = event;
        keeper->tree = tree;
        keeper->first = first;
        keeper->userdata = userdata;
        r = leasing_new(event, tree, 0, on_first, keeper, &keeper->leasing, message);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(keeper);
        return 0;
}

struct lease_keeper *lease_keeper_free(struct lease_keeper *keeper)
{
        if (!keeper)
                return NULL;

        sd_event_source_disable_unref(keeper->timer);
        leasing_free(keeper->leasing);
        leasing_end(keeper->lease);
        free(keeper);
        return NULL;
}
