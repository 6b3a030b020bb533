/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/blocks/write.h"

#include "basic/saturated.h"
#include "daemon/core/crash.h"
#include "daemon/machine/block.h"
#include "daemon/pages/usage.h"
#include "daemon/plan/online.h"
#include "daemon/worker/worker.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Attempts at a write that the kernel answers with EBUSY or EAGAIN, or in which the worker dies, and the
 * pause after the first; each next one is twice as long, up to the longest. All in all that is 3.1 s.
 */
#define WRITE_ATTEMPTS           6U
#define WRITE_RETRY_USEC         (100 * UINT64_C(1000))
#define WRITE_RETRY_LONGEST_USEC (2 * UINT64_C(1000000))

/* How often a block that is being emptied is looked at. */
#define WRITE_LOOK_USEC (500 * UINT64_C(1000))

/* A write that has not begun by then waits for somebody else's; a slow machine takes a while to begin one.
 */
#define WRITE_BEGIN_USEC (2 * UINT64_C(1000000))

/*
 * Its pages are counted from then on only: most blocks are offline by then, and counting costs about as much
 * as moving a hundredth of them.
 */
#define WRITE_QUIET_USEC (1500 * UINT64_C(1000))

/*
 * A block is stuck when the number of its used pages reaches no new low for this long. Pages that are only
 * busy (I/O under way) become free within this; a pinned page never does.
 */
#define WRITE_STALL_USEC (10 * UINT64_C(1000000))

/*
 * The same where what is in the block has no room: whoever else needs memory then is killed for want of it
 * soon, some ten seconds after it has run out, and going back gives him what is offline.
 */
#define WRITE_STALL_NO_ROOM_USEC (3 * UINT64_C(1000000))

/*
 * The same where the kernel does not let us count pages: then only the whole write can be timed. And while
 * the kernel is not at this block yet, but at something of another process's.
 */
#define WRITE_STALL_BLIND_USEC (120 * UINT64_C(1000000))

struct block_write {
        struct machine *machine;
        const struct block_write_owner *owner;
        void *userdata;
        struct worker *worker;
        struct turn turn;
        sd_event_source *tick; /* a look, a retry, or a report: never two at a time */
        bool active;           /* started, and not done */
        bool reporting;        /* the tick is the report */

        uint32_t block;
        enum block_write_kind kind;
        unsigned int attempts;
        int error; /* what is reported when no process was needed */
        bool aborted, stalled;
        bool begun;            /* the kernel is at it, not at another's write */
        bool slowed;
        uint64_t limit_usec;   /* of "online" */
        uint64_t in_use;       /* pages, when it was last looked at */
        uint64_t least_in_use; /* pages; to find a block that makes no progress */
        uint64_t progress_at;  /* CLOCK_MONOTONIC, microseconds */
        uint64_t moved_before; /* pages, by the whole machine, when it was started */
        uint64_t began_at;     /* CLOCK_MONOTONIC, microseconds */
};

static const char *text_of(enum block_write_kind kind)
{
        switch (kind) {
        case WRITE_ONLINE_KERNEL:
                return online_zone_command(ONLINE_KERNEL);
        case WRITE_ONLINE_MOVABLE:
                return online_zone_command(ONLINE_MOVABLE);
        default:
                return "offline";
        }
}

static void no_tick(struct block_write *write)
{
        write->tick = sd_event_source_disable_unref(write->tick);
}

static int tick(struct block_write *write, uint64_t usec, sd_event_time_handler_t handler)
{
        no_tick(write);
        return machine_after(write->machine, usec, handler, write, &write->tick);
}

static void report(struct block_write *write, int error)
{
        bool offline = write->kind == WRITE_OFFLINE;

        no_tick(write);
        write->active = write->reporting = false;
        if (error == 0) {
                crash_at(offline ? CRASH_OFFLINED : CRASH_ONLINED);
                (void) write->owner->mark(write->userdata, offline ? JOURNAL_OFFLINED : JOURNAL_ONLINED,
                                          write->block);
                crash_at(CRASH_MARKED);
        }
        write->owner->done(write->userdata, error);
}

static int on_report(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct block_write *write = userdata;

        (void) source, (void) usec;

        report(write, write->error);
        return 0;
}

/*
 * From the loop: who starts a write is not called from within, and a plan of 100,000 steps that need nothing
 * does not become as many nested calls.
 */
static void report_later(struct block_write *write, int error)
{
        write_queue_give(&write->machine->turns, &write->turn);
        write->error = error;
        write->reporting = true;
        if (tick(write, 0, on_report) < 0)
                report(write, error);
}

static bool is_begun(struct block_write *write, uint64_t usec)
{
        if (!write->begun && block_read_state(write->machine->tree, write->block) == BLOCK_GOING_OFFLINE) {
                write->begun = true;
                write->progress_at = usec;
                write->owner->stage(write->userdata, WRITE_WORKING);
        }
        return write->begun;
}

/* It has not been at it for long, and nothing was counted yet. */
static bool is_quiet(const struct block_write *write, uint64_t usec)
{
        return write->least_in_use == UINT64_MAX && usec - write->progress_at < WRITE_QUIET_USEC;
}

static bool has_no_room(struct block_write *write)
{
        struct memory_room room = { 0 };

        memory_room_read(write->machine->tree, &room);
        return room.known &&
               room.available_bytes < multiply_saturated(write->in_use, (uint64_t) sysconf(_SC_PAGESIZE));
}

/* How long it may go on without progress. */
static uint64_t look_at_pages(struct block_write *write, uint64_t usec)
{
        struct machine *machine = write->machine;
        struct block_usage usage = { 0 };

        if (block_usage_read(machine->tree, monitor_block_size(machine->monitor), write->block, &usage) <
                    0 ||
            !usage.known)
                return WRITE_STALL_BLIND_USEC;
        write->in_use = usage.pages_in_use;
        if (usage.pages_in_use < write->least_in_use) {
                write->least_in_use = usage.pages_in_use;
                write->progress_at = usec;
        } else if (has_no_room(write))
                return WRITE_STALL_NO_ROOM_USEC;
        return WRITE_STALL_USEC;
}

static void say_waiting(struct block_write *write)
{
        write->slowed = true;
        write->owner->stage(write->userdata, WRITE_WAITING);
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct block_write *write = userdata;
        uint64_t limit = WRITE_STALL_BLIND_USEC;

        (void) source;

        if (write->kind != WRITE_OFFLINE)
                limit = write->limit_usec; /* progress_at is when it was written */
        else if (is_begun(write, usec) && !is_quiet(write, usec))
                limit = look_at_pages(write, usec);
        else if (!write->begun && usec - write->began_at > WRITE_BEGIN_USEC)
                say_waiting(write);
        if (usec - write->progress_at >= limit) {
                write->stalled = true;
                worker_end(write->worker);
                return 0;
        }
        write->owner->progress(write->userdata);
        if (tick(write, WRITE_LOOK_USEC, on_look) < 0)
                worker_end(write->worker); /* or it would go on unwatched */
        return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata);

/* -EIO: somebody killed the worker, and another one may come through; -EMFILE and more: none can be had now.
 */
static bool may_come_right(int error)
{
        return error == -EBUSY || error == -EAGAIN || error == -EIO || error == -ENOMEM || error == -EMFILE;
}

static void retry(struct block_write *write, int error)
{
        uint64_t pause = WRITE_RETRY_USEC << (write->attempts - 1);

        say_waiting(write);
        if (pause > WRITE_RETRY_LONGEST_USEC)
                pause = WRITE_RETRY_LONGEST_USEC;
        if (tick(write, pause, on_retry) < 0)
                report(write, error);
}

static void begin(struct block_write *write)
{
        bool offline = write->kind == WRITE_OFFLINE;
        char path[128];
        int state, r;

        no_tick(write);
        state = block_read_state(write->machine->tree, write->block);
        if (state == -ENOENT || state == (offline ? BLOCK_OFFLINE : BLOCK_ONLINE)) {
                report_later(write, state == -ENOENT ? -ESTALE : 0);
                return;
        }
        if (!write_queue_take(&write->machine->turns, &write->turn)) {
                say_waiting(write);
                return;
        }
        if (!write->owner->mark(write->userdata, offline ? JOURNAL_OFFLINE : JOURNAL_ONLINE, write->block)) {
                report_later(write, -ECANCELED);
                return;
        }
        crash_at(offline ? CRASH_OFFLINE : CRASH_ONLINE);
        (void) snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%u/state", write->block);
        r = worker_write(write->worker, path, text_of(write->kind));
        if (r < 0) {
                write_queue_give(&write->machine->turns, &write->turn);
                if (may_come_right(r) && ++write->attempts < WRITE_ATTEMPTS)
                        retry(write, r);
                else
                        report_later(write, r);
                return;
        }
        if (offline)
                write->owner->stage(write->userdata, WRITE_WORKING);
        write->begun = false;
        write->in_use = 0;
        write->least_in_use = UINT64_MAX;
        write->progress_at = machine_now(write->machine);
        if (tick(write, WRITE_LOOK_USEC, on_look) < 0)
                worker_end(write->worker);
}

static void on_turn(void *userdata)
{
        begin(userdata);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source, (void) usec;

        begin(userdata);
        return 0;
}

void block_write_start(struct block_write *write, uint32_t block, enum block_write_kind kind,
                       uint64_t limit_usec)
{
        write->block = block;
        write->kind = kind;
        write->limit_usec = limit_usec > 0 ? limit_usec : WRITE_ONLINE_USEC;
        write->began_at = machine_now(write->machine);
        write->moved_before = pages_migrated_read(write->machine->tree);
        block_write_again(write);
}

void block_write_again(struct block_write *write)
{
        write->active = true;
        write->aborted = false;
        write->stalled = false;
        write->attempts = 0;
        begin(write);
}

static void on_written(void *userdata, int error, const struct worker_answer *answer)
{
        struct block_write *write = userdata;
        bool offline = write->kind == WRITE_OFFLINE;
        int state;

        (void) answer;

        no_tick(write);
        write_queue_give(&write->machine->turns, &write->turn);

        /* However the write ended, the block's state is what counts. */
        state = block_read_state(write->machine->tree, write->block);
        if (state == (offline ? BLOCK_OFFLINE : BLOCK_ONLINE))
                report(write, 0);
        else if (state == -ENOENT)
                report(write, -ESTALE);
        else if (error == 0)
                report(write, BLOCK_WRITE_UNDONE);
        else if (write->aborted)
                report(write, -ECANCELED);
        else if (write->stalled)
                report(write, -ETIMEDOUT);
        else if (may_come_right(error) && ++write->attempts < WRITE_ATTEMPTS)
                retry(write, error);
        else
                report(write, error);
}

void block_write_abort(struct block_write *write)
{
        if (!write->active)
                return;
        if (write->reporting) { /* what is as it was to be stays so */
                write->error = write->error == 0 || write->error == -ESTALE ? write->error : -ECANCELED;
                return;
        }
        write->aborted = true;
        if (worker_is_busy(write->worker))
                worker_end(write->worker);
        else
                report_later(write, -ECANCELED);
}

int block_write_new(struct machine *machine, const struct block_write_owner *owner, void *userdata,
                    struct block_write **ret)
{
        _cleanup_(block_write_freep) struct block_write *write = calloc(1, sizeof(*write));
        int r;

        if (!write)
                return -ENOMEM;
        write->machine = machine;
        write->owner = owner;
        write->userdata = userdata;
        write->turn.ready = on_turn;
        write->turn.userdata = write;
        r = worker_new(machine->event, on_written, write, &write->worker);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(write);
        return 0;
}

struct block_write *block_write_free(struct block_write *write)
{
        if (!write)
                return NULL;

        worker_free(write->worker);
        write_queue_give(&write->machine->turns, &write->turn);
        no_tick(write);
        free(write);
        return NULL;
}

void block_write_place(struct block_write *write, const struct node_cgroup *node_cgroup)
{
        worker_place(write->worker, node_cgroup);
}

uint32_t block_write_block(const struct block_write *write)
{
        return write->block;
}

bool block_write_begun(const struct block_write *write)
{
        return write->begun;
}

uint64_t block_write_in_use(const struct block_write *write)
{
        return write->in_use;
}

uint64_t block_write_began_at(const struct block_write *write)
{
        return write->began_at;
}

uint64_t block_write_moved_before(const struct block_write *write)
{
        return write->moved_before;
}

bool block_write_slowed(const struct block_write *write)
{
        return write->slowed;
}
