/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/onlining.h"

#include "basic/clock.h"
#include "daemon/machine/block.h"
#include "daemon/onlining/internal.h"
#include "daemon/onlining/say.h"

#include <errno.h>
#include <string.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* From the last block that came to the first look: they come together, and what brought them is told later.
 */
#define SETTLE_USEC (3 * USEC_PER_SEC / 2)

/* But no longer than that from the first one: a device may go on for minutes. */
#define SETTLE_MAX_USEC (5 * USEC_PER_SEC)

/* After a reading that came to nothing. */
#define LATER_USEC (10 * USEC_PER_SEC)

static void begin(struct onlining *onlining);

static void save(struct onlining *onlining)
{
        int r = onlining->seen.known ? seen_write(onlining->machine->tree, &onlining->seen) : 0;

        if (r < 0)
                onlining_say("which blocks were seen is not kept: %s", strerror(-r));
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct onlining *onlining = userdata;

        (void) source, (void) usec;

        onlining->tick = sd_event_source_disable_unref(onlining->tick);
        if (!onlining->reading)
                begin(onlining);
        return 0;
}

/* Looks again in so many microseconds, unless it does so sooner. */
static void look_in(struct onlining *onlining, uint64_t usec)
{
        uint64_t at = clock_usec(CLOCK_MONOTONIC) + usec;

        if (onlining->stopping || usec == UINT64_MAX || (onlining->tick && onlining->tick_at <= at))
                return;
        onlining->tick = sd_event_source_disable_unref(onlining->tick);
        onlining->tick_at = at;
        if (machine_after(onlining->machine, usec, on_tick, onlining, &onlining->tick) < 0)
                onlining_say("memory is short: new memory is not looked at until more comes");
}

static void go_on(struct onlining *onlining)
{
        if (onlining->reload || onlining->look) {
                look_in(onlining, 0);
                return;
        }
        look_in(onlining, onlining_act(onlining));
        save(onlining);
}

static void on_read(void *userdata, int error, const char *message, struct onlining_read *read, bool files,
                    bool look)
{
        struct onlining *onlining = userdata;

        onlining->reading = onlining_reading_free(onlining->reading);
        if (files)
                onlining_take_files(onlining, read);
        if (error < 0) {
                onlining_say("%s", message ? message : strerror(-error));
                onlining->reload |= files;
                onlining->look |= look;
                look_in(onlining, LATER_USEC);
                return;
        }
        onlining->deciders = read->deciders;
        if (look)
                onlining_take_look(onlining, read);
        go_on(onlining);
}

static void on_files(void *userdata, int error, const char *message, struct onlining_read *read)
{
        on_read(userdata, error, message, read, true, true);
}

static void on_look(void *userdata, int error, const char *message, struct onlining_read *read)
{
        on_read(userdata, error, message, read, false, true);
}

static void on_deciders(void *userdata, int error, const char *message, struct onlining_read *read)
{
        on_read(userdata, error, message, read, false, false);
}

static void begin(struct onlining *onlining)
{
        bool files = onlining->reload, look = files || onlining->look;
        const struct onlining_wish wish = {
                .files = files,
                .apply = true,
                .seen = look ? &onlining->seen : NULL,
        };
        int r = onlining_reading_new(onlining->machine, &wish,
                                     files  ? on_files
                                     : look ? on_look
                                            : on_deciders,
                                     onlining, &onlining->reading);

        if (r < 0) {
                onlining_say("%s", strerror(-r));
                look_in(onlining, LATER_USEC);
                return;
        }
        onlining->look_mark = onlining->seen.mark;
        onlining->reload = onlining->look = false;
}

int onlining_new(struct machine *machine, struct registry *registry, bool acts, struct onlining **ret)
{
        _cleanup_(onlining_freep) struct onlining *onlining = calloc(1, sizeof(*onlining));

        if (!onlining)
                return -ENOMEM;
        onlining->machine = machine;
        onlining->registry = registry;
        onlining->acts = acts;
        online_config_init(&onlining->config);
        if (acts) {
                seen_read(machine->tree, &onlining->seen);
                onlining->reload = true;
                begin(onlining);
        }
        *ret = TAKE_PTR(onlining);
        return 0;
}

struct onlining *onlining_free(struct onlining *onlining)
{
        if (!onlining)
                return NULL;
        sd_event_source_disable_unref(onlining->tick);
        onlining_reading_free(onlining->reading);
        handled_list_clear(&onlining->handled);
        seen_clear(&onlining->seen);
        free(onlining->fault);
        free(onlining->setting_fault);
        free(onlining);
        return NULL;
}

void onlining_reload(struct onlining *onlining)
{
        if (!onlining->acts)
                return;
        onlining->reload = true;
        look_in(onlining, 0);
}

void onlining_take(struct onlining *onlining, const struct onlining_read *read)
{
        onlining_take_files(onlining, read);
        onlining->deciders = read->deciders;
        /* what is being read now may be older */
        onlining->reload |= onlining->reading != NULL;
}

void onlining_stop(struct onlining *onlining)
{
        onlining->stopping = true;
        onlining->tick = sd_event_source_disable_unref(onlining->tick);
        onlining->reading = onlining_reading_free(onlining->reading);
}

static void on_arrival(struct onlining *onlining, uint32_t block)
{
        const struct arrival arrival = { block, block_identity(onlining->machine->tree, block) };

        if (arrival.identity == 0)
                return; /* gone already */
        if (seen_add(&onlining->seen, &arrival) < 0)
                onlining->look = true;
        onlining->last_arrival = clock_usec(CLOCK_MONOTONIC);
        if (!onlining->tick)
                onlining->first_arrival = onlining->last_arrival;
        /* the look is put off by each block that comes */
        if (onlining->last_arrival - onlining->first_arrival < SETTLE_MAX_USEC)
                onlining->tick = sd_event_source_disable_unref(onlining->tick);
        look_in(onlining, SETTLE_USEC);
}

void onlining_on_change(struct onlining *onlining, enum monitor_change change, uint32_t block)
{
        if (!onlining->acts || onlining->stopping)
                return;
        switch (change) {
        case MONITOR_BLOCK_ADDED:
                on_arrival(onlining, block);
                break;
        case MONITOR_BLOCK_CHANGED:
                /* another one of that number, of which only the last event was told */
                if (onlining->seen.known &&
                    block_identity(onlining->machine->tree, block) > onlining->seen.mark)
                        on_arrival(onlining, block);
                break;
        case MONITOR_BLOCK_REMOVED:
                seen_remove(&onlining->seen, block);
                break;
        case MONITOR_RELOADED:
                onlining->look = true;
                onlining->last_arrival = clock_usec(CLOCK_MONOTONIC);
                look_in(onlining, SETTLE_USEC);
                break;
        case MONITOR_DIMM_ADDED:
        case MONITOR_DIMM_REMOVED:
                break;
        }
}

void onlining_on_job(struct onlining *onlining, const struct job *job)
{
        struct handled *handled;

        /* a stopping memctld cancels its jobs: the next one begins anew */
        if (!onlining->acts || onlining->stopping || job->state != JOB_FINISHED)
                return;
        handled = handled_find_job(&onlining->handled, job->id);
        if (handled)
                onlining_take_end(onlining, job, handled);
        if (onlining->seen.n_pending > 0 || handled)
                look_in(onlining, SETTLE_USEC);
}

struct onlining_view onlining_view(const struct onlining *onlining)
{
        return (struct onlining_view){
                .acts = onlining->acts,
                .has_config = onlining->has_config,
                .config = &onlining->config,
                .fault = onlining->fault,
                .setting_fault = onlining->setting_fault,
                .handled = &onlining->handled,
        };
}
