/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/policy/policy.h"

#include "basic/clock.h"
#include "daemon/operation/compact/slice.h"
#include "daemon/policy/force.h"
#include "daemon/policy/say.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* From one look to the next; and behind an attempt that gained something, and was not enough. */
#define LOOK_USEC  (5 * USEC_PER_SEC)
#define AGAIN_USEC USEC_PER_SEC

struct policy {
        struct machine *machine;
        struct registry *registry;
        bool acts;
        bool reload; /* asked for while it was reading */

        struct policy_force force;
        struct compaction_look *look; /* the last one; NULL: none yet */
        struct trail trail;

        sd_event_source *tick;
        struct policy_reading *reading; /* under way */
        struct slice *slice;            /* likewise, on: */
        int node;
        size_t turn; /* whose turn it is among nodes that want it */
};

static int begin(struct policy *policy, bool files);

static unsigned int minute_of_day(void)
{
        time_t now = time(NULL);
        struct tm local;

        return localtime_r(&now, &local) ? (unsigned int) (local.tm_hour * 60 + local.tm_min) : 0;
}

struct policy_moment policy_now(const struct policy *policy, bool as_if)
{
        return (struct policy_moment){
                .now_usec = clock_usec(CLOCK_MONOTONIC),
                .minute = minute_of_day(),
                .busy = registry_count_running(policy->registry) > 0,
                .as_if = as_if,
        };
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct policy *policy = userdata;

        (void) source, (void) usec;

        policy->tick = sd_event_source_disable_unref(policy->tick);
        (void) begin(policy, false);
        return 0;
}

/* Nothing is under way now: the next look is in so long, if there is anything to be done at all. */
static void wait_for_next(struct policy *policy, uint64_t usec)
{
        policy->tick = sd_event_source_disable_unref(policy->tick);
        if (policy->reload) {
                policy->reload = false;
                (void) begin(policy, true);
                return;
        }
        if (!policy->force.has_config || !policy_state_is_on(&policy->force.state))
                return;
        if (machine_after(policy->machine, usec, on_tick, policy, &policy->tick) < 0)
                policy_say("memory is short: it is looked at no more until the next reload");
}

/* It has come to nothing: again, with the files if they were to be read. */
static void try_later(struct policy *policy, bool files, uint64_t usec)
{
        policy->reload |= files;
        if (machine_after(policy->machine, usec, on_tick, policy, &policy->tick) < 0)
                policy_say("it is looked at no more until the next reload");
}

static void on_slice(void *userdata, int error, const char *message, const struct slice_result *result)
{
        struct policy *policy = userdata;
        struct policy_node *node = policy_state_find(&policy->force.state, policy->node);
        struct compaction_memory none = { 0 };
        bool ended = result->slice.end == SLICE_ALL || result->slice.end == SLICE_NO_ROOM;
        const struct compaction_outcome outcome = {
                .gained = (int64_t) result->slice.after - (int64_t) result->slice.before,
                .free = result->slice.after,
                .cpu_usec = result->cpu_usec,
                .cursor = error < 0 || ended ? 0 : result->slice.cursor,
        };

        policy->slice = slice_free(policy->slice);
        if (error < 0)
                policy_say_failed(policy->node, error, message);
        else
                policy_say_outcome(policy->node, &outcome, &result->slice);
        /* without one, something else is asked for since: only what it has cost counts still */
        compaction_learn(&outcome, clock_usec(CLOCK_MONOTONIC), &policy->force.state.budget,
                         node ? &node->memory : &none);
        wait_for_next(policy, outcome.gained > 0 ? AGAIN_USEC : LOOK_USEC);
}

static int act(struct policy *policy, const struct policy_view *view)
{
        const struct slice_wish wish = {
                .order = (int) view->order,
                .node = view->node,
                .until = view->action.until,
                .cursor = view->action.cursor,
                .cpu_usec = view->action.cpu_usec,
        };
        int r = slice_new(policy->machine, &wish, on_slice, policy, &policy->slice);

        policy->node = view->node;
        if (r < 0)
                policy_say_failed(view->node, r, NULL);
        return r;
}

/* One node at a time, each in its turn: they share what CPU time there is. */
static int act_on_one(struct policy *policy, const struct policy_views *views)
{
        for (size_t i = 0; i < views->n; i++) {
                size_t at = (policy->turn + i) % views->n;

                if (!views->items[at].action.compact)
                        continue;
                policy->turn = at + 1;
                return act(policy, &views->items[at]);
        }
        return -1;
}

static void say_changes(const struct policy_state *before, const struct policy_views *views)
{
        for (size_t i = 0; i < views->n; i++) {
                const struct policy_view *view = &views->items[i];
                const struct policy_node *node =
                        policy_state_find((struct policy_state *) before, view->node);

                if (view->action.compact || !node || node->memory.state != view->state)
                        policy_say_state(view);
        }
}

static void judge(struct policy *policy, const struct compaction_look *look)
{
        const struct policy_moment moment = policy_now(policy, false);
        _cleanup_free_ struct policy_views *views = malloc(sizeof(*views));
        _cleanup_free_ struct policy_state *before = malloc(sizeof(*before));

        if (views && before) {
                *before = policy->force.state;
                policy_judge(&policy->force.state, look, &moment, views);
                say_changes(before, views);
                if (act_on_one(policy, views) >= 0)
                        return;
        }
        wait_for_next(policy, LOOK_USEC);
}

static void on_read(void *userdata, int error, const char *message, const struct policy_read *read,
                    bool files)
{
        struct policy *policy = userdata;

        policy->reading = policy_reading_free(policy->reading);
        if (files)
                policy_force_take(&policy->force, read);
        if (error < 0) {
                policy_say("%s", message ? message : strerror(-error));
                try_later(policy, files && read->config_error < 0, files ? LOOK_USEC : 12 * LOOK_USEC);
                return;
        }
        policy_saw(policy, &read->look);
        if (!policy->look)
                policy->look = malloc(sizeof(*policy->look));
        if (policy->look)
                *policy->look = read->look;
        if (policy_state_is_on(&policy->force.state))
                judge(policy, &read->look);
        else
                wait_for_next(policy, LOOK_USEC);
}

static void on_look(void *userdata, int error, const char *message, const struct policy_read *read)
{
        on_read(userdata, error, message, read, false);
}

static void on_files(void *userdata, int error, const char *message, const struct policy_read *read)
{
        on_read(userdata, error, message, read, true);
}

static int begin(struct policy *policy, bool files)
{
        const struct policy_wish wish = { .files = files, .apply = true, .last = policy->look };
        int r = policy_reading_new(policy->machine, &wish, files ? on_files : on_look, policy,
                                   &policy->reading);

        if (r < 0) {
                policy_say("%s", strerror(-r));
                try_later(policy, files, LOOK_USEC);
        }
        return r;
}

int policy_new(struct machine *machine, struct registry *registry, bool acts, struct policy **ret)
{
        _cleanup_(policy_freep) struct policy *policy = calloc(1, sizeof(*policy));

        if (!policy)
                return -ENOMEM;
        policy->machine = machine;
        policy->registry = registry;
        policy->acts = acts;
        policy_force_init(&policy->force);
        if (acts)
                (void) begin(policy, true);
        *ret = TAKE_PTR(policy);
        return 0;
}

struct policy *policy_free(struct policy *policy)
{
        if (!policy)
                return NULL;
        sd_event_source_disable_unref(policy->tick);
        policy_reading_free(policy->reading);
        slice_free(policy->slice);
        free(policy->look);
        policy_force_clear(&policy->force);
        free(policy);
        return NULL;
}

void policy_reload(struct policy *policy)
{
        if (!policy->acts)
                return;
        policy->reload = true;
        if (!policy->reading && !policy->slice)
                wait_for_next(policy, 0);
}

void policy_take(struct policy *policy, const struct policy_read *read)
{
        policy_force_take(&policy->force, read);
        if (policy->acts && !policy->reading && !policy->slice)
                wait_for_next(policy, 0);
}

void policy_saw(struct policy *policy, const struct compaction_look *look)
{
        trail_add(&policy->trail, look, clock_usec(CLOCK_REALTIME));
}

const struct trail *policy_trail(const struct policy *policy)
{
        return &policy->trail;
}

bool policy_acts(const struct policy *policy)
{
        return policy->acts;
}

bool policy_has_config(const struct policy *policy)
{
        return policy->force.has_config;
}

const struct compaction_look *policy_last_look(const struct policy *policy)
{
        return policy->look;
}

void policy_copy_state(const struct policy *policy, struct policy_state *ret)
{
        *ret = policy->force.state;
}

const char *policy_fault(const struct policy *policy)
{
        return policy->force.fault;
}

const char *policy_vm_fault(const struct policy *policy)
{
        return policy->force.vm_fault;
}
