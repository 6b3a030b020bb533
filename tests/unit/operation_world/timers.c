/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Timers: those of sd-event, and the world's own.
 */
#include "operation_world/parts.h"

struct sd_event_source {
        uint64_t when;
        unsigned int number; /* of two at the same time, the one that was made first */
        bool pending;
        sd_event_time_handler_t handler;
        void *userdata;
        struct sd_event_source *next;
};

static struct sd_event_source *timers;
static unsigned int last_number;

struct sd_event_source *world_timer(uint64_t usec, sd_event_time_handler_t handler, void *userdata)
{
        struct sd_event_source *timer = calloc(1, sizeof(*timer));

        assert_non_null(timer);
        *timer = (struct sd_event_source){
                .when = world.now + usec,
                .number = last_number++,
                .pending = true,
                .handler = handler,
                .userdata = userdata,
                .next = timers,
        };
        timers = timer;
        world.timers++;
        return timer;
}

int sd_event_now(sd_event *event, clockid_t clock, uint64_t *usec)
{
        (void) event, (void) clock;

        *usec = world.now;
        return 0;
}

int sd_event_add_time_relative(sd_event *event, sd_event_source **ret, clockid_t clock, uint64_t usec,
                               uint64_t accuracy, sd_event_time_handler_t handler, void *userdata)
{
        (void) event, (void) clock, (void) accuracy;

        *ret = world_timer(usec, handler, userdata);
        return 0;
}

sd_event_source *sd_event_source_disable_unref(sd_event_source *source)
{
        struct sd_event_source **at = &timers;

        if (!source)
                return NULL;
        while (*at != source)
                at = &(*at)->next;
        *at = source->next;
        world.timers--;
        free(source);
        return NULL;
}

bool world_step(void)
{
        struct sd_event_source *first = NULL;

        for (struct sd_event_source *timer = timers; timer; timer = timer->next)
                if (timer->pending && (!first || timer->when < first->when ||
                                       (timer->when == first->when && timer->number < first->number)))
                        first = timer;
        if (!first)
                return false;
        first->pending = false;
        if (world.now < first->when)
                world.now = first->when;
        (void) first->handler(first, world.now, first->userdata);
        return true;
}

void world_assert_no_timers(void)
{
        assert_null(timers);
}
