/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every job works on: the loop, the tree and the picture of it. One for the whole daemon; it outlives
 * all jobs.
 */
#ifndef MEMCTL_MACHINE_MACHINE_H
#define MEMCTL_MACHINE_MACHINE_H

#include "daemon/core/helper.h"
#include "daemon/core/write_queue.h"
#include "daemon/machine/monitor.h"
#include "daemon/machine/tree.h"

struct machine {
        sd_event *event;
        struct tree *tree;
        struct monitor *monitor;
        struct write_queue turns; /* of jobs, to write blocks' states */
};

/* Base pages of a memory block; 0 where a tree does not tell their size. */
uint64_t pages_of_block(const struct machine *machine);

/* The loop's CLOCK_MONOTONIC, microseconds: when this round of it began. */
uint64_t machine_now(const struct machine *machine);

/*
 * Has work() done by a helper (core/helper.h) that has the tree. Without a word from it for so many
 * microseconds it is killed; 0: MACHINE_STALL_USEC. undo may be NULL.
 */
#define MACHINE_STALL_USEC (30 * UINT64_C(1000000))

struct machine_work {
        const char *name; /* static, at most 15 bytes */
        int (*work)(void *request, struct packet *answer, char **message);
        void (*undo)(void *request);
        uint64_t stall_usec;
};

int machine_help(struct machine *machine, const struct machine_work *work, void *request, helper_done_t done,
                 void *userdata, struct helper **ret);

/*
 * Has handler called again and again while the loop has nothing better to do: for long work in small pieces.
 * The source is the caller's. 0 or -errno.
 */
int machine_when_idle(struct machine *machine, sd_event_handler_t handler, void *userdata,
                      sd_event_source **ret);

/*
 * Has handler called once, in usec microseconds, or at most a sixteenth of that later: sd-event's own
 * default, a quarter of a second late, adds up over the steps of a job. The source is the caller's. 0 or
 * -errno.
 */
int machine_after(struct machine *machine, uint64_t usec, sd_event_time_handler_t handler, void *userdata,
                  sd_event_source **ret);

#endif
