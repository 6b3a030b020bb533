/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operation_world.h"

#include "daemon/core/aside.h"
#include "daemon/core/placing.h"
#include "daemon/machine/zone.h"
#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"
#include "daemon/machine/headroom.h"
#include "daemon/module/fence_watch.h"
#include "daemon/module/lease.h"
#include "daemon/module/module.h"
#include "daemon/pages/usage.h"
#include "daemon/plan/eject.h"
#include "daemon/query/offline_planner.h"
#include "daemon/query/why.h"
#include "daemon/worker/worker.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK_SIZE (UINT64_C(128) << 20)

struct world world;

static struct tree tree = { .root = (char *) "/", .root_fd = -1, .memory_fd = -1, .live = true };

uint32_t world_random(uint32_t n)
{
        world.random = world.random * 1664525U + 1013904223U;
        return (uint32_t) ((uint64_t) (world.random >> 8) * n >> 24);
}

static bool chance(uint32_t one_in)
{
        return world_random(one_in) == 0;
}

/* Timers: those of sd-event, and the world's own. */

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

static struct sd_event_source *timer_new(uint64_t usec, sd_event_time_handler_t handler, void *userdata)
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

        *ret = timer_new(usec, handler, userdata);
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

/* Blocks. */

static struct world_block *block_of(uint32_t number)
{
        assert_in_range(number, WORLD_FIRST, WORLD_FIRST + WORLD_BLOCKS - 1);
        return &world.blocks[number - WORLD_FIRST];
}

int block_read_state(struct tree *of, uint32_t number)
{
        (void) of;

        switch (block_of(number)->state) {
        case WORLD_ONLINE:
                return BLOCK_ONLINE;
        case WORLD_OFFLINE:
                return BLOCK_OFFLINE;
        case WORLD_GOING:
                return BLOCK_GOING_OFFLINE;
        default:
                return -ENOENT;
        }
}

uint64_t block_identity(struct tree *of, uint32_t number)
{
        (void) of;

        return block_of(number)->state == WORLD_GONE ? 0 : block_of(number)->identity;
}

int block_read(struct tree *of, struct snapshot *snapshot, struct memory_block *block)
{
        const struct world_block *found = block_of(block->number);

        (void) of, (void) snapshot;

        if (found->state == WORLD_GONE)
                return -ENOENT;
        if (found->state == WORLD_ONLINE)
                assert_int_equal(
                        zone_list_parse(found->zone == ZONE_MOVABLE ? "Movable" : "Normal", &block->zones),
                        0);
        return 0;
}

int block_usage_read(struct tree *of, uint64_t size, uint32_t number, struct block_usage *ret)
{
        (void) of, (void) size, (void) number;

        *ret = (struct block_usage){ .known = !chance(8), .pages_in_use = 100 + world_random(3) };
        return 0;
}

void memory_room_read(struct tree *of, struct memory_room *ret)
{
        (void) of;

        *ret = (struct memory_room){ .known = true,
                                     .available_bytes = world.short_of_memory ? 0 : UINT64_MAX / 2 };
}

int headroom_read(struct tree *of, struct headroom *ret)
{
        (void) of;

        *ret = (struct headroom){ .known = false };
        return 0;
}

uint64_t pages_migrated_read(struct tree *of)
{
        (void) of;

        return world.migrated += world_random(1000);
}

uint64_t monitor_block_size(const struct monitor *monitor)
{
        (void) monitor;

        return BLOCK_SIZE;
}

struct snapshot *monitor_snapshot(struct monitor *monitor)
{
        (void) monitor;

        return NULL;
}

struct dimm *snapshot_find_dimm(const struct snapshot *snapshot, const char *name)
{
        static struct dimm dimm;

        (void) snapshot, (void) name;

        return &dimm;
}

char *dimm_eject_path(const struct dimm *dimm)
{
        (void) dimm;

        return strdup("eject");
}

int mkdirat(int fd, const char *path, mode_t mode)
{
        (void) fd, (void) path, (void) mode;

        return 0;
}

int history_add(int fd, const char *path, const struct history_job *job)
{
        (void) fd, (void) path, (void) job;

        return 0;
}

/* Workers. */

struct worker {
        worker_done_t done;
        void *userdata;
        struct sd_event_source *over; /* when work is */
        bool busy, ending;
        struct world_block *block; /* whose state is written, or NULL */
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
                (void) timer_new(world_random(20000000), on_gone, &world.blocks[i]);
}

static int on_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct worker *worker = userdata;
        struct worker_answer answer = worker->answer;
        struct world_block *block = worker->block;
        bool offline = worker->offline, fencing = worker->fencing;
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
        idle(worker);
        worker->done(worker->userdata, error, error == 0 && fencing ? &answer : NULL);
        return 0;
}

static void work(struct worker *worker, uint64_t usec, int error)
{
        assert_false(worker->busy);
        worker->busy = true;
        world.busy_workers++;
        worker->error = error;
        if (usec != UINT64_MAX)
                worker->over = timer_new(usec, on_over, worker);
}

void worker_end(struct worker *worker)
{
        if (!worker->busy || worker->ending)
                return;
        worker->ending = true;
        worker->over = sd_event_source_disable_unref(worker->over);
        worker->error = chance(20) ? worker->error : -EINTR; /* it may just have been done */
        if (worker->block && worker->error == 0 && worker->block->state == WORLD_GONE)
                worker->error = -EINTR;
        worker->over = timer_new(chance(3) ? world_random(9000000) : 1000, on_over, worker);
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

int worker_write(struct worker *worker, const char *path, const char *value)
{
        unsigned int number;

        if (world.few_processes && chance(20))
                return -EAGAIN; /* no process to be had */
        worker->fencing = worker->eject = false;
        if (sscanf(path, "/sys/devices/system/memory/memory%u/state", &number) == 1) {
                worker->zone = strcmp(value, "online_movable") == 0 ? ZONE_MOVABLE : ZONE_NORMAL;
                write_block(worker, block_of(number), strcmp(value, "offline") == 0);
        } else {
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
        work(worker, world_random(1000000), what == WORKER_HOLD && chance(2) ? world.fence_error : 0);
        return 0;
}

int worker_evacuate(struct worker *worker, const struct evacuation *evacuation)
{
        worker->fencing = true;
        worker->eject = false;
        worker->answer = (struct worker_answer){ .evacuation = *evacuation };
        worker->answer.evacuation.next = evacuation->end;
        worker->answer.evacuation.moved += world_random(3);
        work(worker, world_random(1000000), chance(8) ? -EOPNOTSUPP : 0);
        return 0;
}

/* What is asked, and answered later. */

struct offline_planner {
        struct sd_event_source *over;
        struct block_set blocks;
        bool again; /* it is judged whether what is left fits */
        offline_planner_done_t done;
        void *userdata;
};

static int on_planned(sd_event_source *source, uint64_t usec, void *userdata)
{
        const struct reason no_room = { .code = REASON_NOT_ENOUGH_MEMORY, .block = REASON_NO_BLOCK };
        struct offline_planner *planner = userdata;
        struct offline_plan plan = {
                .to_node = world.to_node,
                .fence = world.plan_fences,
                .refused = planner->again ? world.judge_refuses : world.plan_refuses,
        };

        (void) source, (void) usec;

        plan.steps = calloc(WORLD_BLOCKS, sizeof(*plan.steps));
        assert_non_null(plan.steps);
        if (plan.refused)
                assert_int_equal(reason_list_add(&plan.reasons, &no_room), 0);
        else
                for (size_t i = 0; i < planner->blocks.n_numbers; i++)
                        if (block_of(planner->blocks.numbers[i])->state == WORLD_ONLINE)
                                plan.steps[plan.n_steps++] = (struct offline_step){
                                        .block = planner->blocks.numbers[i],
                                        .zone = ZONE_MOVABLE,
                                        .unfenced = plan.n_steps < (size_t) world.unfenced,
                                };
        planner->done(planner->userdata, planner->again ? 0 : world.plan_error, &plan);
        offline_plan_clear(&plan);
        return 0;
}

int offline_planner_new(struct machine *machine, const struct block_set *blocks, const char *dimm,
                        const struct offline_options *options, offline_planner_done_t done, void *userdata,
                        struct offline_planner **ret)
{
        struct offline_planner *planner = calloc(1, sizeof(*planner));

        (void) machine, (void) dimm;

        assert_non_null(planner);
        assert_int_equal(block_set_copy(blocks, &planner->blocks), 0);
        planner->again = options->force;
        planner->done = done;
        planner->userdata = userdata;
        planner->over = timer_new(world_random(2000000), on_planned, planner);
        world.planners++;
        *ret = planner;
        return 0;
}

struct offline_planner *offline_planner_free(struct offline_planner *planner)
{
        if (!planner)
                return NULL;
        sd_event_source_disable_unref(planner->over);
        block_set_clear(&planner->blocks);
        world.planners--;
        free(planner);
        return NULL;
}

struct why_task {
        struct sd_event_source *over;
        why_done_t done;
        void *userdata;
};

static int on_why(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct why_task *task = userdata;
        struct why_report report = { 0 };

        (void) source, (void) usec;

        if (world.why_finds) {
                report.owners = calloc(1, sizeof(*report.owners));
                assert_non_null(report.owners);
                report.n_owners = 1;
                report.owners[0].movable = MOVABLE_NO;
                report.owners[0].pages.class = MEMCTL_CLASS_SLAB;
                report.owners[0].pages.pages = 3;
        }
        task->done(task->userdata, 0, NULL, &report);
        return 0;
}

int why_task_new(struct machine *machine, const struct block_set *blocks, uint64_t mapping_usec,
                 why_done_t done, void *userdata, struct why_task **ret)
{
        (void) machine, (void) blocks, (void) mapping_usec;

        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        (*ret)->done = done;
        (*ret)->userdata = userdata;
        (*ret)->over = timer_new(world_random(5000000), on_why, *ret);
        world.whys++;
        return 0;
}

struct why_task *why_task_free(struct why_task *task)
{
        if (!task)
                return NULL;
        sd_event_source_disable_unref(task->over);
        world.whys--;
        free(task);
        return NULL;
}

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

        watch->fell(watch->userdata, &fence, chance(2) ? MEMCTL_FENCE_OUT_OF_MEMORY : MEMCTL_FENCE_CLOSED);
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
                (*ret)->over = timer_new(world.fence_falls, on_fell, *ret);
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
        keeper->first(keeper->userdata, chance(4) ? -EBUSY : 0, NULL);
        return 0;
}

int lease_keeper_new(sd_event *event, const struct tree *of, lease_keeper_first_t first, void *userdata,
                     struct lease_keeper **ret, char **message)
{
        (void) event, (void) of, (void) message;

        if (chance(4))
                return -EOPNOTSUPP;
        *ret = calloc(1, sizeof(**ret));
        assert_non_null(*ret);
        **ret = (struct lease_keeper){ .first = first, .userdata = userdata };
        (*ret)->timer = timer_new(world_random(2000), on_first, *ret);
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
        (*ret)->timer = timer_new(world_random(5000), on_placed, *ret);
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

int eject_judge(const struct snapshot *snapshot, const struct dimm *dimm, struct reason_list *reasons)
{
        const struct reason reason = { .code = REASON_NOT_EJECTABLE, .block = REASON_NO_BLOCK };

        (void) snapshot, (void) dimm;

        if (world.plan_refuses)
                assert_int_equal(reason_list_add(reasons, &reason), 0);
        return world.plan_error;
}

int online_plan_make(const struct snapshot *snapshot, const uint32_t *blocks, size_t n,
                     enum online_zone zone, struct online_plan *ret)
{
        (void) snapshot, (void) zone;

        ret->blocks = calloc(n ? n : 1, sizeof(*ret->blocks));
        assert_non_null(ret->blocks);
        ret->refused = world.plan_refuses;
        if (ret->refused)
                assert_int_equal(
                        reason_list_add_block(&ret->reasons, REASON_ZONE_NOT_POSSIBLE, blocks[0], "Movable"),
                        0);
        for (size_t i = 0; i < n; i++)
                if (block_of(blocks[i])->state == WORLD_OFFLINE)
                        ret->blocks[ret->n_blocks++] = blocks[i];
        return world.plan_error;
}

/* The journal. */

struct journal {
        int unused;
};

static struct journal *a_journal(void)
{
        struct journal *journal = calloc(1, sizeof(*journal));

        assert_non_null(journal);
        world.journals++;
        return journal;
}

int journal_begin(int root_fd, const struct journal_entry *entry, struct journal **ret, char **message)
{
        (void) root_fd, (void) entry, (void) message;

        if (world.journal_error < 0)
                return world.journal_error;
        if (chance(10))
                return -EAGAIN;
        *ret = a_journal();
        return 0;
}

int journal_renew(struct journal **journal, const struct journal_entry *entry, char **message)
{
        (void) entry, (void) message;

        assert_non_null(*journal);
        return world.journal_error;
}

int journal_mark(struct journal *journal, enum journal_mark mark, uint32_t block)
{
        int r = world.mark_error;

        (void) mark, (void) block;

        assert_non_null(journal);
        if (chance(4))
                world.mark_error = 0;
        else
                r = 0;
        return r;
}

struct journal *journal_end(struct journal *journal)
{
        if (!journal)
                return NULL;
        world.journals--;
        world.journals_ended++;
        free(journal);
        return NULL;
}

struct journal *journal_close(struct journal *journal)
{
        if (!journal)
                return NULL;
        world.journals--;
        world.journals_left++;
        free(journal);
        return NULL;
}

bool journal_workers_gone(struct journal *journal)
{
        assert_non_null(journal);
        if (world.dead_workers == 0)
                return true;
        world.dead_workers--;
        return false;
}

struct journal_found world_found(enum job_verb verb, size_t n_begun)
{
        struct journal_found found = {
                .journal = a_journal(),
                .verb = verb,
                .target = strdup("some"),
                .dimm = strdup("PNP0C80:00"),
                .options = OFFLINE_OPTIONS_NONE,
        };

        found.blocks.numbers = calloc(WORLD_BLOCKS, sizeof(*found.blocks.numbers));
        found.steps = calloc(WORLD_BLOCKS, sizeof(*found.steps));
        assert_non_null(found.blocks.numbers);
        assert_non_null(found.steps);
        found.blocks.n_numbers = found.n_steps = WORLD_BLOCKS;
        for (size_t i = 0; i < WORLD_BLOCKS; i++) {
                found.blocks.numbers[i] = WORLD_FIRST + (uint32_t) i;
                found.steps[i] = (struct journal_step){
                        .block = WORLD_FIRST + (uint32_t) i,
                        .zone = job_verb_is_offline(verb) ? ZONE_MOVABLE : ZONE_NONE,
                        .identity = i + 1,
                        .begun = i < n_begun ? i + 1 : 0,
                };
        }
        return found;
}

/* As it is, and as the seed wants it. */

void world_reset(uint32_t seed)
{
        assert_null(timers);
        world = (struct world){
                .machine = { .tree = &tree },
                .to_node = NODE_NONE,
                .plan_fences = true,
                .eject_takes = true,
                .now = 1000000,
                .random = seed,
        };
        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.blocks[i].zone = ZONE_MOVABLE;
}

static enum world_fate draw_fate(void)
{
        return chance(3) ? (enum world_fate) world_random(_FATE_MAX) : FATE_DONE;
}

void world_draw(void)
{
        static const int fence_errors[] = { 0, 0, 0, -EOPNOTSUPP, -ENOMEM, -ENOENT, -EIO };

        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.blocks[i] = (struct world_block){
                        .state = chance(6) ? WORLD_OFFLINE : WORLD_ONLINE,
                        .offline = draw_fate(),
                        .online = draw_fate(),
                        .turns = world_random(4),
                        .identity = chance(20) ? 1000 : i + 1,
                        .zone = ZONE_MOVABLE,
                };
        world.plan_error = chance(20) ? -EIO : 0;
        world.plan_refuses = chance(20);
        world.plan_fences = chance(2);
        world.judge_refuses = chance(2);
        world.unfenced = chance(3) ? 1 : 0;
        world.to_node = chance(5) ? 0 : NODE_NONE;
        world.cgroup_error = chance(4) ? -ERANGE : 0;
        world.fence_error = fence_errors[world_random(7)];
        world.fence_falls = chance(2) ? world_random(chance(2) ? 60000000 : 240000000) + 1 : 0;
        world.journal_error = chance(15) ? (chance(2) ? -EBUSY : -EIO) : 0;
        world.mark_error = chance(10) ? -ENOSPC : 0;
        world.dead_workers = world_random(3);
        world.eject_takes = chance(2);
        world.eject_error = chance(6);
        world.why_finds = chance(2);
        world.short_of_memory = chance(4);
        world.few_processes = chance(5);
        world.undone = chance(10) ? world_random(5) : 0;
        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.before[i] = world.blocks[i].state;
}
