/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/monitor.h"

#include "daemon/machine/monitor_internal.h"

#include "daemon/machine/snapshot_read.h"
#include "daemon/core/lag.h"
#include "basic/message.h"
#include "basic/number.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A DIMM of 1 TiB is 8192 blocks, whose events come faster than they are read. */
#define RECEIVE_BUFFER (16 * 1024 * 1024)

/* After the last block that came or went: when to look for what comes without an event. */
static const uint64_t settle_usec[] = { 100 * 1000, 1000 * 1000, 10 * 1000 * 1000 };

/* Events taken in one round of the loop. */
#define EVENTS_MAX 256

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata);

static void settle(struct monitor *monitor)
{
        uint64_t usec;

        if (monitor->settle_step >= ELEMENTSOF(settle_usec))
                return;
        usec = settle_usec[monitor->settle_step];
        if (!monitor->settle)
                (void) sd_event_add_time_relative(monitor->event, &monitor->settle, CLOCK_MONOTONIC, usec, 0,
                                                  on_settle, monitor);
        else if (sd_event_source_set_time_relative(monitor->settle, usec) >= 0)
                (void) sd_event_source_set_enabled(monitor->settle, SD_EVENT_ONESHOT);
}

/* Of nodes and DIMMs, and what offline blocks could become. */
static int on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct monitor *monitor = userdata;

        (void) source, (void) usec;

        monitor->settle_step++;
        monitor->members_dirty = true;
        monitor->zones_left = monitor->snapshot->n_blocks;
        if (!monitor_is_small(monitor))
                monitor_read_members(monitor);
        (void) sd_event_source_set_enabled(monitor->idle, SD_EVENT_ON);
        settle(monitor);
        return 0;
}

void monitor_take_event(struct monitor *monitor, const char *action, uint32_t number)
{
        bool gone = strcmp(action, "remove") == 0;

        if (dirty_add(&monitor->dirty, number, gone) < 0)
                monitor->reload = true;
        if (gone || strcmp(action, "add") == 0) {
                monitor->members_dirty = true;
                monitor->settle_step = 0;
                settle(monitor);
        }
        (void) sd_event_source_set_enabled(monitor->idle, SD_EVENT_ON);
}

/* Takes what the kernel has sent so far, or some of it. */
static void receive_events(struct monitor *monitor)
{
        for (unsigned int i = 0; i < EVENTS_MAX; i++) {
                struct udev_device *device;
                const char *name, *action;
                uint32_t number;

                errno = 0;
                device = udev_monitor_receive_device(monitor->udev_monitor);
                if (!device) {
                        if (errno == ENOBUFS) {
                                monitor->reload = true;
                                (void) sd_event_source_set_enabled(monitor->idle, SD_EVENT_ON);
                                continue;
                        }
                        return;
                }
                name = udev_device_get_sysname(device);
                action = udev_device_get_action(device);
                if (name && action && strncmp(name, "memory", strlen("memory")) == 0 &&
                    parse_u32(name + strlen("memory"), 10, &number) >= 0)
                        monitor_take_event(monitor, action, number);
                udev_device_unref(device);
        }
}

static void update(struct monitor *monitor)
{
        unsigned int reads = MONITOR_READS_MAX;

        monitor->updating = true;
        if (monitor->tree->live)
                receive_events(monitor);
        reads = monitor_read_dirty(monitor, reads);
        /* as long as blocks come and go there is no end to it; a large machine waits until they have settled
         */
        if ((monitor->reload && !monitor->rescan) ||
            (monitor->members_dirty && monitor->dirty.n == 0 && monitor_is_small(monitor)))
                monitor_read_members(monitor);
        monitor_read_untold(monitor, reads);
        monitor->updating = false;
        (void) sd_event_source_set_enabled(monitor->idle,
                                           monitor_has_more(monitor) ? SD_EVENT_ON : SD_EVENT_OFF);
}

static int on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        (void) source, (void) fd, (void) revents;

        lag_note("uevents", NULL);
        (void) monitor_snapshot(userdata);
        return 0;
}

static int on_idle(sd_event_source *source, void *userdata)
{
        (void) source;

        lag_note("blocks after uevents", NULL);
        (void) monitor_snapshot(userdata);
        return 0;
}

/*
 * "kernel" and not "udev": the picture is of the kernel's blocks, which are there before udev's rules have
 * run, and on machines without udevd too.
 */
static int listen_to_kernel(struct monitor *monitor)
{
        int r;

        monitor->udev = udev_new();
        if (!monitor->udev)
                return -ENOMEM;
        monitor->udev_monitor = udev_monitor_new_from_netlink(monitor->udev, "kernel");
        if (!monitor->udev_monitor)
                return -errno;
        /* as much as we may have: too little costs a whole reading, nothing else */
        (void) udev_monitor_set_receive_buffer_size(monitor->udev_monitor, RECEIVE_BUFFER);
        r = udev_monitor_filter_add_match_subsystem_devtype(monitor->udev_monitor, "memory", NULL);
        if (r < 0)
                return r;
        r = udev_monitor_enable_receiving(monitor->udev_monitor);
        if (r < 0)
                return r;
        return sd_event_add_io(monitor->event, &monitor->io, udev_monitor_get_fd(monitor->udev_monitor),
                               EPOLLIN, on_event, monitor);
}

int monitor_new(struct tree *tree, sd_event *event, struct monitor **ret, char **message)
{
        _cleanup_(monitor_freep) struct monitor *monitor = NULL;
        int r;

        monitor = calloc(1, sizeof(*monitor));
        if (!monitor)
                return -ENOMEM;
        monitor->tree = tree;
        monitor->event = sd_event_ref(event);
        monitor->iteration = UINT64_MAX;
        r = sd_event_add_defer(event, &monitor->idle, on_idle, monitor);
        if (r >= 0)
                r = sd_event_source_set_enabled(monitor->idle, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_priority(monitor->idle, SD_EVENT_PRIORITY_IDLE);
        if (r < 0)
                return r;

        if (tree->live) {
                r = listen_to_kernel(monitor);
                if (r < 0)
                        return fail(message, r, "cannot listen to the kernel's uevents: %s", strerror(-r));
        }
        r = snapshot_read(tree, &monitor->snapshot, message);
        if (r < 0)
                return r;
        if (tree->live)
                monitor_begin_blocks(monitor);

        *ret = TAKE_PTR(monitor);
        return 0;
}

struct monitor *monitor_free(struct monitor *monitor)
{
        if (!monitor)
                return NULL;

        sd_event_source_disable_unref(monitor->io);
        sd_event_source_disable_unref(monitor->settle);
        sd_event_source_disable_unref(monitor->idle);
        rescan_free(monitor->rescan);
        dirty_clear(&monitor->dirty);
        dirty_clear(&monitor->passing);
        dirty_clear(&monitor->touched);
        udev_monitor_unref(monitor->udev_monitor);
        udev_unref(monitor->udev);
        snapshot_free(monitor->snapshot);
        sd_event_unref(monitor->event);
        free(monitor);
        return NULL;
}

void monitor_set_handler(struct monitor *monitor, monitor_handler_t handler, void *userdata)
{
        monitor->handler = handler;
        monitor->userdata = userdata;
}

uint64_t monitor_block_size(const struct monitor *monitor)
{
        return monitor->snapshot->block_size;
}

struct snapshot *monitor_snapshot(struct monitor *monitor)
{
        uint64_t iteration = 0;

        /* A handler that is told of a change asks for the picture: it gets it as it is at that moment. */
        if (monitor->updating)
                return monitor->snapshot;
        (void) sd_event_get_iteration(monitor->event, &iteration);
        if (iteration == monitor->iteration)
                return monitor->snapshot;
        monitor->iteration = iteration;
        update(monitor);
        return monitor->snapshot;
}
