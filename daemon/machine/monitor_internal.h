/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the files of the monitor: monitor.c listens and answers, monitor_blocks.c reads blocks again,
 * monitor_members.c which node and DIMM they belong to.
 */
#ifndef MEMCTL_MACHINE_MONITOR_INTERNAL_H
#define MEMCTL_MACHINE_MONITOR_INTERNAL_H

#include "daemon/machine/dirty.h"
#include "daemon/machine/monitor_change.h"
#include "daemon/machine/rescan.h"

#include <libudev.h>

/* Blocks read again in one round of the loop: a few milliseconds. */
#define MONITOR_READS_MAX 128U

/* A machine of more blocks than this is read as a whole beside the loop. */
#define MONITOR_SMALL_BLOCKS 1024U

struct monitor {
        struct tree *tree;
        sd_event *event;
        struct snapshot *snapshot;
        monitor_handler_t handler;
        void *userdata;

        struct udev *udev;
        struct udev_monitor *udev_monitor;
        sd_event_source *io;
        sd_event_source *idle;   /* on while there are blocks to read */
        sd_event_source *settle;
        size_t settle_step;

        struct dirty dirty;      /* named by events */
        struct dirty passing;    /* seen in a passing state: a failed offlining ends without an event */
        size_t zones_at, zones_left; /* after an event, what offline blocks could become: the next, and how
                                        many to go */
        bool members_dirty;      /* blocks came or went: nodes and DIMMs are to be read again */
        bool reload;             /* events were lost */
        struct rescan *rescan;   /* NULL: none is under way */
        bool rescan_lost;        /* it is for lost events */
        bool rescan_again;       /* members changed meanwhile */
        struct dirty touched;    /* blocks read again meanwhile: the new picture may be older */
        uint64_t iteration;      /* of the loop: when the picture was last brought up to date */
        bool updating;
};

static inline void monitor_tell(struct monitor *monitor, enum monitor_change change, uint32_t number,
                                const char *name)
{
        if (monitor->handler)
                monitor->handler(monitor->userdata, change, number, name);
}

/* Reads so many blocks at most that events have named. How many of reads are left. */
unsigned int monitor_read_dirty(struct monitor *monitor, unsigned int reads);

/* The same for what events do not tell of. */
void monitor_read_untold(struct monitor *monitor, unsigned int reads);

/* Whether there are more that events have named, or that they do not tell of. */
bool monitor_has_more(const struct monitor *monitor);

/* The picture is another: all about passing states and zones begins anew. */
void monitor_begin_blocks(struct monitor *monitor);

/* Reads nodes and DIMMs again, or everything where events were lost; beside the loop on a large machine. */
void monitor_read_members(struct monitor *monitor);

static inline bool monitor_is_small(const struct monitor *monitor)
{
        return monitor->snapshot->n_blocks <= MONITOR_SMALL_BLOCKS;
}

#endif
