/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block that does not get empty: why, and what is done about it.
 */
#include "daemon/job/internal.h"
#include "daemon/machine/headroom.h"
#include "daemon/pages/usage.h"
#include "daemon/query/why.h"
#include "basic/saturated.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How long the processes that keep a block are looked for. */
#define MAPPING_USEC (5 * UINT64_C(1000000))

/* Where a block is waited for: the pause before the next try, doubled up to the longest. */
#define WAIT_USEC         (1 * UINT64_C(1000000))
#define WAIT_LONGEST_USEC (30 * UINT64_C(1000000))

/*
 * A page that is not known to be unmovable and yet does not move finds no room when there is less than this beside
 * what it needs: MemAvailable counts some that migration does not get.
 */
#define ROOM_LEAST_BYTES (UINT64_C(32) << 20)

static uint64_t bytes_left(const struct job *job)
{
        return job->write.in_use * (uint64_t) sysconf(_SC_PAGESIZE);
}

/* Where pages are to go to one node, the others' memory is no room. */
static void read_room_of_node(struct job *job, struct memory_room *ret)
{
        _cleanup_(headroom_clear) struct headroom room = { 0 };
        uint64_t pages = 0;

        if (headroom_read(job->machine->tree, &room) < 0 || !room.known)
                return;
        for (size_t i = 0; i < room.n_zones; i++)
                if (room.zones[i].node == job->options.to_node)
                        pages += subtract_to_zero(add_saturated(room.zones[i].free, room.zones[i].file_cache),
                                                  room.zones[i].high);
        ret->available_bytes = multiply_saturated(pages, (uint64_t) sysconf(_SC_PAGESIZE));
        ret->known = true;
}

static bool is_short_of_memory(struct job *job, uint64_t more, struct memory_room *room)
{
        if (!job_is_offline(job) || job->options.to_node == NODE_NONE)
                memory_room_read(job->machine->tree, room);
        else
                read_room_of_node(job, room);
        return room->known && room->available_bytes < bytes_left(job) + more;
}

/* In place of what was said after the last try. */
static void say(struct job *job, const struct reason *reason)
{
        job_unsay(job, job->write.block);
        if (job->stuck.waiting)
                job_unsay(job, REASON_NO_BLOCK);
        job->stuck.no_room =
                reason->code == REASON_NOT_ENOUGH_MEMORY || reason->code == REASON_NO_ROOM_FOR_HUGE_PAGES;
        job_reason(job, reason);
}

static void say_no_room(struct job *job, const struct memory_room *room)
{
        const struct reason reason = {
                .code = REASON_NOT_ENOUGH_MEMORY,
                .block = REASON_NO_BLOCK,
                .needed_bytes = bytes_left(job),
                .available_bytes = room->available_bytes,
        };

        say(job, &reason);
        if (!job->stuck.waiting)
                job_note(job, "block %u does not get empty: what is in it has no room elsewhere", job->write.block);
}

/* Huge pages move to huge pages: there may be room enough, and none in one piece. */
static void say_no_huge_room(struct job *job)
{
        struct reason reason = {
                .code = REASON_NO_ROOM_FOR_HUGE_PAGES,
                .block = REASON_NO_BLOCK,
                .needed_bytes = bytes_left(job),
        };
        _cleanup_(headroom_clear) struct headroom room = { 0 };

        if (headroom_read(job->machine->tree, &room) >= 0)
                for (size_t i = 0; i < room.n_huge; i++)
                        reason.available_bytes =
                                add_saturated(reason.available_bytes,
                                              multiply_saturated(room.huge[i].free, room.huge[i].size));
        say(job, &reason);
        if (!job->stuck.waiting)
                job_note(job, "block %u does not get empty: huge pages in it find no other", job->write.block);
}

static void say_failed(struct job *job, const char *text)
{
        const struct reason reason = {
                .code = REASON_BLOCK_FAILED,
                .block = job->write.block,
                .text = (char *) text,
        };

        say(job, &reason);
        if (!job->stuck.waiting)
                job_note(job, "block %u does not go offline: %s", job->write.block, text);
}

static void say_unmovable(struct job *job, const struct reason *reason)
{
        char processes[128] = "";

        for (size_t i = 0; i < reason->n_processes; i++) {
                size_t used = strlen(processes);

                (void) snprintf(processes + used, sizeof(processes) - used, "%s%" PRIu32 " %s", i > 0 ? ", " : "",
                                reason->processes[i].pid, reason->processes[i].command);
        }
        say(job, reason);
        if (!job->stuck.waiting)
                job_note(job, "block %u does not get empty: %" PRIu64 " pages%s%s do not move%s%s", reason->block,
                         reason->pages, reason->text ? " of " : "", reason->text ? reason->text : "",
                         *processes ? ": processes " : "", processes);
}

static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void) source, (void) usec;

        guard_caches(userdata, true);
        write_again(userdata);
        return 0;
}

/* What it is has been said. */
static void go_on(struct job *job)
{
        bool wait = job->options.stuck == STUCK_WAIT && job->state == JOB_RUNNING && job_is_offline(job);
        int r = 0;

        if (wait) {
                job->stuck.waiting = true;
                job->stuck.pause_usec = job->stuck.pause_usec > 0 ? 2 * job->stuck.pause_usec : WAIT_USEC;
                if (job->stuck.pause_usec > WAIT_LONGEST_USEC)
                        job->stuck.pause_usec = WAIT_LONGEST_USEC;
                guard_caches(job, false);
                r = job_tick(job, job->stuck.pause_usec, on_again);
        }
        if (!wait || r < 0)
                write_report(job, -ETIMEDOUT);
        else
                job_notify(job);
}

/* Of those who certainly keep it, the one with most pages; NULL: there is none. */
static const struct why_owner *main_owner(const struct why_report *report)
{
        const struct why_owner *main = NULL;

        for (size_t i = 0; i < report->n_owners; i++)
                if (report->owners[i].movable == MOVABLE_NO &&
                    (!main || report->owners[i].pages.pages > main->pages.pages))
                        main = &report->owners[i];
        return main;
}

static void take_processes(struct reason *reason, const struct why_report *report, const struct why_owner *owner)
{
        reason->searched = owner->searched;
        for (size_t i = 0; i < owner->n_pids && i < REASON_PROCESSES_MAX; i++) {
                struct reason_process *process = &reason->processes[reason->n_processes++];

                process->pid = owner->pids[i];
                for (size_t j = 0; j < report->n_processes; j++)
                        if (report->processes[j].pid == process->pid)
                                (void) snprintf(process->command, sizeof(process->command), "%s",
                                                report->processes[j].command);
        }
}

static void say_why(struct job *job, const struct why_report *report)
{
        struct reason reason = { .code = REASON_UNMOVABLE, .block = job->write.block };
        const struct why_owner *owner = main_owner(report);
        const char *most = block_main_owner(&report->survey, job->write.block);
        struct memory_room room = { 0 };

        if (owner) {
                reason.pages = owner->pages.pages;
                reason.text = (char *) pages_owner_name(&report->survey, owner->pages.owner, owner->pages.class);
                take_processes(&reason, report, owner);
                say_unmovable(job, &reason);
        } else if (job->stuck.error != -ETIMEDOUT)
                say_failed(job, strerror(-job->stuck.error));
        else if (most && strcmp(most, memory_class_name(MEMCTL_CLASS_HUGETLB)) == 0)
                say_no_huge_room(job); /* whether or not other memory is short, too */
        else if (is_short_of_memory(job, ROOM_LEAST_BYTES, &room))
                say_no_room(job, &room);
        else {
                reason.pages = job->write.in_use;
                reason.text = (char *) most;
                say_unmovable(job, &reason);
        }
}

static void on_why(void *userdata, int error, const char *message, struct why_report *report)
{
        struct job *job = userdata;

        (void) error, (void) message; /* then the report is empty, and less is said */

        job->stuck.why = why_task_free(job->stuck.why);
        say_why(job, report);
        why_report_clear(report);
        go_on(job);
}

void stuck_start(struct job *job, int error)
{
        const struct block_set block = { .numbers = &job->write.block, .n_numbers = 1 };
        struct memory_room room = { 0 };

        job->slowed = true;
        job->stuck.error = error;
        if (job->state == JOB_RUNNING)
                job_set_stage(job, STAGE_STUCK);

        if (error == -ETIMEDOUT && !job->write.begun)
                say_failed(job, "the kernel is kept busy with other memory");
        else if (error == -ETIMEDOUT && is_short_of_memory(job, 0, &room))
                say_no_room(job, &room);
        else if (why_task_new(job->machine, &block, MAPPING_USEC, on_why, job, &job->stuck.why) >= 0)
                return;
        else
                say_failed(job, strerror(-error));
        go_on(job);
}

void stuck_drop(struct job *job)
{
        job->stuck.why = why_task_free(job->stuck.why);
        job->stuck.waiting = false;
}
