/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers.
 */
#include "operation_world/parts.h"

#include "daemon/module/lease.h"
#include "daemon/worker/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct worker {
        worker_done_t done;
        void *userdata;
        struct sd_event_source *over; /* when work is */
        bool busy, ending;
        struct world_block *block; /* whose state is written, or NULL */
        struct world_pool *pool;   /* whose number is written, or NULL */
        uint64_t number;
        bool offline, eject;
        enum zone zone; /* where it brings the block online */
        int error;
        bool fencing;
        struct worker_answer answer;
};

int worker_new(sd_event *event, worker_done_t done, void *userdata, struct worker **ret)
{
        (void) event;

        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        (*ret)->done = done;
        (*ret)->userdata = userdata;
        world.workers++;
        return 0;
}

static void idle(struct worker *worker)
{
        worker->over = sd_event_source_disable_unref(worker->over);
        world.busy_workers -= worker->busy;
        worker->busy = worker->ending = false;
        if (worker->block && worker->block->state == WORLD_GOING)
                worker->block->state = WORLD_ONLINE;
        worker->block = NULL;
        worker->pool = NULL;
}

struct worker *worker_free(struct worker *worker)
{
        if (!worker)
                return NULL;
        idle(worker);
        world.workers--;
        free(worker);
        return NULL;
}

void worker_place(struct worker *worker, const struct node_cgroup *node_cgroup)
{
        (void) node_cgroup;

        assert_false(worker->busy);
}

bool worker_is_busy(const struct worker *worker)
{
        return worker->busy;
}

static int on_gone(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct world_block *block = userdata;

        (void) usec;

        block->state = WORLD_GONE;
        sd_event_source_disable_unref(source);
        return 0;
}

static void take_dimm(void)
{
        for (size_t i = 0; world.eject_takes && i < WORLD_BLOCKS; i++)
                (void) world_timer(world_random(20000000), on_gone, &world.blocks[i]);
}

static int on_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct worker *worker = userdata;
        struct worker_answer answer = worker->answer;
        struct world_block *block = worker->block;
        bool offline = worker->offline, fencing = worker->fencing, pool = worker->pool;
        int error = worker->error;

        (void) source, (void) usec;

        if (worker->eject && error == 0)
                take_dimm();
        if (block && error == 0 && block->state != WORLD_GONE) {
                if (!offline && block->state != WORLD_ONLINE)
                        block->zone = worker->zone;
                block->state = offline ? WORLD_OFFLINE : WORLD_ONLINE;
        }
        if (block && block->state == WORLD_OFFLINE && offline && world.undone > 0) {
                world.undone--;
                block->state = WORLD_ONLINE;
                block->zone = ZONE_NORMAL;
        }
        if (pool)
                world_pool_write(worker->pool, worker->number, error == 0);
        idle(worker);
        answer.cpu_usec = 1000;
        worker->done(worker->userdata, error, pool || (error == 0 && fencing) ? &answer : NULL);
        return 0;
}

static void work(struct worker *worker, uint64_t usec, int error)
{
        assert_false(worker->busy);
        worker->busy = true;
        world.busy_workers++;
        worker->error = error;
        if (usec != UINT64_MAX)
                worker->over = world_timer(usec, on_over, worker);
}

void worker_end(struct worker *worker)
{
        if (!worker->busy || worker->ending)
                return;
        worker->ending = true;
        worker->over = sd_event_source_disable_unref(worker->over);
        worker->error = world_chance(20) ? worker->error : -EINTR; /* it may just have been done */
        if (worker->block && worker->error == 0 && worker->block->state == WORLD_GONE)
                worker->error = -EINTR;
        worker->over = world_timer(world_chance(3) ? world_random(worker->pool ? 12000000 : 9000000) : 1000,
                                   on_over, worker);
}

static void write_block(struct worker *worker, struct world_block *block, bool offline)
{
        static const int errors[_FATE_MAX] = {
                [FATE_BUSY] = -EBUSY, [FATE_FAILS] = -EPERM, [FATE_DIES] = -EIO
        };
        enum world_fate fate = offline ? block->offline : block->online;
        uint64_t usec = world_random(3000000);

        if (block->turns > 0 && --block->turns == 0)
                block->offline = block->online = FATE_DONE;
        worker->block = block;
        worker->offline = offline;
        if (offline && fate != FATE_CONTENDED && block->state == WORLD_ONLINE)
                block->state = WORLD_GOING;
        if (block->state == WORLD_GONE)
                work(worker, usec, -ENODEV);
        else
                work(worker, fate == FATE_STUCK || fate == FATE_CONTENDED ? UINT64_MAX : usec,
                     fate == FATE_STUCK || fate == FATE_CONTENDED ? -EINTR : errors[fate]);
}

static void write_pool(struct worker *worker, struct world_pool *pool, const char *value)
{
        bool stuck = world.pools_fail && world_chance(20);
        int error = world.pools_fail && world_chance(10) ? (world_chance(2) ? -EIO : -EINVAL) : 0;

        worker->pool = pool;
        worker->number = strtoull(value, NULL, 10);
        work(worker, stuck ? UINT64_MAX : world_random(3000000), stuck ? -EINTR : error);
}

int worker_write(struct worker *worker, const char *path, const char *value)
{
        unsigned int number;

        if (world.few_processes && world_chance(20))
                return -EAGAIN; /* no process to be had */
        worker->fencing = worker->eject = false;
        if (sscanf(path, "/sys/devices/system/memory/memory%u/state", &number) == 1) {
                worker->zone = strcmp(value, "online_movable") == 0 ? ZONE_MOVABLE : ZONE_NORMAL;
                write_block(worker, world_block(number), strcmp(value, "offline") == 0);
        } else if (sscanf(path, "/sys/devices/system/node/node%u/hugepages/hugepages-2048kB/nr_hugepages",
                          &number) == 1)
                write_pool(worker, world_pool(number), value);
        else {
                assert_string_equal(path, "/eject");
                worker->eject = true;
                work(worker, 1000, world.eject_error ? -EPERM : 0);
        }
        return 0;
}

int worker_fence(struct worker *worker, enum worker_fencing what, const struct fence_hold *hold)
{
        worker->fencing = true;
        worker->eject = false;
        worker->answer = (struct worker_answer){ .hold = *hold, .held = 7 };
        worker->answer.hold.next = hold->end;
        work(worker, world_random(1000000), what == WORKER_HOLD && world_chance(2) ? world.fence_error : 0);
        return 0;
}

int worker_evacuate(struct worker *worker, const struct evacuation *evacuation)
{
        worker->fencing = true;
        worker->eject = false;
        worker->answer = (struct worker_answer){ .evacuation = *evacuation };
        worker->answer.evacuation.next = evacuation->end;
        worker->answer.evacuation.moved += world_random(3);
        work(worker, world_random(1000000), world_chance(8) ? -EOPNOTSUPP : 0);
        return 0;
}
