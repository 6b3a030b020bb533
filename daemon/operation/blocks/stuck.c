/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/operation/blocks/stuck.h"

#include "daemon/machine/headroom.h"
#include "daemon/pages/usage.h"
#include "daemon/query/why.h"
#include "basic/saturated.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* How long the processes that keep a block are looked for. */
#define MAPPING_USEC (5 * UINT64_C(1000000))

/*
 * A page that is not known to be unmovable and yet does not move finds no room when there is less than this
 * beside what it needs: MemAvailable counts some that migration does not get.
 */
#define ROOM_LEAST_BYTES (UINT64_C(32) << 20)

struct stuck {
        struct machine *machine;
        struct stuck_facts facts;
        struct why_task *why;
        sd_event_source *tick; /* the answer, where nothing needs to be found out */
        stuck_done_t done;
        void *userdata;
};

static uint64_t bytes_left(const struct stuck *stuck)
{
        return multiply_saturated(stuck->facts.in_use, (uint64_t) sysconf(_SC_PAGESIZE));
}

/* Where pages are to go to one node, the others' memory is no room. */
static void read_room_of_node(const struct stuck *stuck, struct memory_room *ret)
{
        _cleanup_(headroom_clear) struct headroom room = { 0 };
        uint64_t pages = 0;

        if (headroom_read(stuck->machine->tree, &room) < 0 || !room.known)
                return;
        for (size_t i = 0; i < room.n_zones; i++)
                if (room.zones[i].node == stuck->facts.to_node)
                        pages +=
                                subtract_to_zero(add_saturated(room.zones[i].free, room.zones[i].file_cache),
                                                 room.zones[i].high);
        ret->available_bytes = multiply_saturated(pages, (uint64_t) sysconf(_SC_PAGESIZE));
        ret->known = true;
}

static bool is_short_of_memory(const struct stuck *stuck, uint64_t more, struct memory_room *room)
{
        if (stuck->facts.to_node == NODE_NONE)
                memory_room_read(stuck->machine->tree, room);
        else
                read_room_of_node(stuck, room);
        return room->known && room->available_bytes < add_saturated(bytes_left(stuck), more);
}

/* May free it. */
static void say(struct stuck *stuck, const struct reason *reason, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static void say(struct stuck *stuck, const struct reason *reason, const char *format, ...)
{
        char note[512];
        va_list list;

        va_start(list, format);
        (void) vsnprintf(note, sizeof(note), format, list);
        va_end(list);
        stuck->done(stuck->userdata, reason, note);
}

static void say_no_room(struct stuck *stuck, const struct memory_room *room)
{
        const struct reason reason = {
                .code = REASON_NOT_ENOUGH_MEMORY,
                .block = REASON_NO_BLOCK,
                .needed_bytes = bytes_left(stuck),
                .available_bytes = room->available_bytes,
        };

        say(stuck, &reason, "block %" PRIu32 " does not get empty: what is in it has no room elsewhere",
            stuck->facts.block);
}

/* Huge pages move to huge pages: there may be room enough, and none in one piece. */
static void say_no_huge_room(struct stuck *stuck)
{
        struct reason reason = {
                .code = REASON_NO_ROOM_FOR_HUGE_PAGES,
                .block = REASON_NO_BLOCK,
                .needed_bytes = bytes_left(stuck),
        };
        _cleanup_(headroom_clear) struct headroom room = { 0 };

        if (headroom_read(stuck->machine->tree, &room) >= 0)
                for (size_t i = 0; i < room.n_huge; i++)
                        reason.available_bytes =
                                add_saturated(reason.available_bytes,
                                              multiply_saturated(room.huge[i].free, room.huge[i].size));
        say(stuck, &reason, "block %" PRIu32 " does not get empty: huge pages in it find no other",
            stuck->facts.block);
}

static void say_failed(struct stuck *stuck, const char *text)
{
        const struct reason reason = {
                .code = REASON_BLOCK_FAILED,
                .block = stuck->facts.block,
                .text = (char *) text,
        };

        say(stuck, &reason, "block %" PRIu32 " does not go offline: %s", stuck->facts.block, text);
}

static void say_unmovable(struct stuck *stuck, const struct reason *reason)
{
        char processes[256] = "";

        for (size_t i = 0; i < reason->n_processes; i++) {
                size_t used = strlen(processes);

                (void) snprintf(processes + used, sizeof(processes) - used, "%s%" PRIu32 " %s",
                                i > 0 ? ", " : "", reason->processes[i].pid, reason->processes[i].command);
        }
        say(stuck, reason, "block %" PRIu32 " does not get empty: %" PRIu64 " pages%s%s do not move%s%s",
            reason->block, reason->pages, reason->text ? " of " : "", reason->text ? reason->text : "",
            *processes ? ": processes " : "", processes);
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

static void take_processes(struct reason *reason, const struct why_report *report,
                           const struct why_owner *owner)
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

static void say_why(struct stuck *stuck, const struct why_report *report)
{
        struct reason reason = { .code = REASON_UNMOVABLE, .block = stuck->facts.block };
        const struct why_owner *owner = main_owner(report);
        const char *most = block_main_owner(&report->survey, stuck->facts.block);
        struct memory_room room = { 0 };

        if (owner) {
                reason.pages = owner->pages.pages;
                reason.text =
                        (char *) pages_owner_name(&report->survey, owner->pages.owner, owner->pages.class);
                take_processes(&reason, report, owner);
                say_unmovable(stuck, &reason);
        } else if (stuck->facts.error != -ETIMEDOUT)
                say_failed(stuck, strerror(-stuck->facts.error));
        else if (most && strcmp(most, memory_class_name(MEMCTL_CLASS_HUGETLB)) == 0)
                say_no_huge_room(stuck); /* whether or not other memory is short, too */
        else if (is_short_of_memory(stuck, ROOM_LEAST_BYTES, &room))
                say_no_room(stuck, &room);
        else {
                reason.pages = stuck->facts.in_use;
                reason.text = (char *) most;
                say_unmovable(stuck, &reason);
        }
}

static void on_why(void *userdata, int error, const char *message, struct why_report *report)
{
        struct stuck *stuck = userdata;
        struct why_report mine = *report;

        (void) error, (void) message; /* then the report is empty, and less is said */

        *report = (struct why_report){ 0 };
        stuck->why = why_task_free(stuck->why);
        say_why(stuck, &mine);
        why_report_clear(&mine);
}

/* What can be told without a look at the pages. */
static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct stuck *stuck = userdata;
        struct memory_room room = { 0 };

        (void) source, (void) usec;

        stuck->tick = sd_event_source_disable_unref(stuck->tick);
        if (stuck->facts.error == -ETIMEDOUT && !stuck->facts.begun)
                say_failed(stuck, "the kernel is kept busy with other memory");
        else if (stuck->facts.error == -ETIMEDOUT && is_short_of_memory(stuck, 0, &room))
                say_no_room(stuck, &room);
        else {
                const struct block_set block = { .numbers = &stuck->facts.block, .n_numbers = 1 };

                if (why_task_new(stuck->machine, &block, MAPPING_USEC, on_why, stuck, &stuck->why) < 0)
                        say_failed(stuck, strerror(-stuck->facts.error));
        }
        return 0;
}

int stuck_new(struct machine *machine, const struct stuck_facts *facts, stuck_done_t done, void *userdata,
              struct stuck **ret)
{
        _cleanup_(stuck_freep) struct stuck *stuck = calloc(1, sizeof(*stuck));
        int r;

        if (!stuck)
                return -ENOMEM;
        stuck->machine = machine;
        stuck->facts = *facts;
        stuck->done = done;
        stuck->userdata = userdata;
        r = machine_after(machine, 0, on_tick, stuck, &stuck->tick);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(stuck);
        return 0;
}

struct stuck *stuck_free(struct stuck *stuck)
{
        if (!stuck)
                return NULL;

        why_task_free(stuck->why);
        sd_event_source_disable_unref(stuck->tick);
        free(stuck);
        return NULL;
}
