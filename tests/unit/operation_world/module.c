/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl.ko, and cgroups, are asked for: fences, leases, places.
 */
#include "operation_world/parts.h"

#include "daemon/core/aside.h"
#include "daemon/core/placing.h"
#include "daemon/module/fence_watch.h"
#include "daemon/module/lease.h"
#include "daemon/module/module.h"

#include <errno.h>
#include <string.h>

struct fence_watch {
        struct sd_event_source *over;
        fence_watch_fell_t fell;
        void *userdata;
};

static int on_fell(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct fence_watch *watch = userdata;
        const struct fence_state fence = { .start = WORLD_FIRST * BLOCK_SIZE / 4096, .end = UINT64_MAX };

        (void) source, (void) usec;

        watch->fell(watch->userdata, &fence,
                    world_chance(2) ? MEMCTL_FENCE_OUT_OF_MEMORY : MEMCTL_FENCE_CLOSED);
        return 0;
}

int fence_watch_new(sd_event *event, const struct tree *of, fence_watch_fell_t fell, void *userdata,
                    struct fence_watch **ret)
{
        (void) event, (void) of;

        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        (*ret)->fell = fell;
        (*ret)->userdata = userdata;
        if (world.fence_falls > 0)
                (*ret)->over = world_timer(world.fence_falls, on_fell, *ret);
        world.watches++;
        return 0;
}

struct fence_watch *fence_watch_free(struct fence_watch *watch)
{
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->over);
        world.watches--;
        free(watch);
        return NULL;
}

struct lease_keeper {
        struct sd_event_source *timer;
        lease_keeper_first_t first;
        void *userdata;
};

static int on_first(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct lease_keeper *keeper = userdata;

        (void) source, (void) usec;

        keeper->timer = sd_event_source_disable_unref(keeper->timer);
        keeper->first(keeper->userdata, world_chance(4) ? -EBUSY : 0, NULL);
        return 0;
}

int lease_keeper_new(sd_event *event, const struct tree *of, lease_keeper_first_t first, void *userdata,
                     struct lease_keeper **ret, char **message)
{
        (void) event, (void) of, (void) message;

        if (world_chance(4))
                return -EOPNOTSUPP;
        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        **ret = (struct lease_keeper){ .first = first, .userdata = userdata };
        (*ret)->timer = world_timer(world_random(2000), on_first, *ret);
        world.leases++;
        return 0;
}

struct lease_keeper *lease_keeper_free(struct lease_keeper *keeper)
{
        world.leases -= keeper != NULL;
        if (keeper)
                sd_event_source_disable_unref(keeper->timer);
        free(keeper);
        return NULL;
}

bool module_is_loaded(const struct tree *of)
{
        (void) of;

        return false;
}

struct node_cgroup {
        int unused;
};

struct placing {
        struct sd_event_source *timer;
        placing_done_t done;
        void *userdata;
};

static int on_placed(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct placing *placing = userdata;
        struct node_cgroup *group = NULL;

        (void) source, (void) usec;

        placing->timer = sd_event_source_disable_unref(placing->timer);
        if (world.cgroup_error >= 0) {
                group = calloc(1, sizeof(*group));
                assert_non_null(group);
                world.cgroups++;
        }
        placing->done(placing->userdata, world.cgroup_error, NULL, group);
        return 0;
}

int placing_new(sd_event *event, int node, uint32_t id, placing_done_t done, void *userdata,
                struct placing **ret)
{
        (void) event, (void) node, (void) id;

        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        **ret = (struct placing){ .done = done, .userdata = userdata };
        (*ret)->timer = world_timer(world_random(5000), on_placed, *ret);
        return 0;
}

struct placing *placing_free(struct placing *placing)
{
        if (placing)
                sd_event_source_disable_unref(placing->timer);
        free(placing);
        return NULL;
}

void placing_end(struct node_cgroup *group)
{
        world.cgroups -= group != NULL;
        free(group);
}

void aside_run(void (*run)(void *what), void *what)
{
        run(what);
}
