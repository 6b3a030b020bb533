/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/monitor.h"

#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"
#include "daemon/machine/iomem.h"
#include "daemon/machine/node.h"
#include "daemon/machine/snapshot_read.h"
#include "basic/message.h"
#include "basic/number.h"

#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <string.h>

/* A DIMM of 1 TiB is 8192 blocks, whose events come faster than they are read. */
#define RECEIVE_BUFFER (16 * 1024 * 1024)

/* After the last block that came or went: when to look for what comes without an event. */
static const uint64_t settle_usec[] = { 100 * 1000, 1000 * 1000, 10 * 1000 * 1000 };

struct monitor {
        struct tree *tree;
        sd_event *event;
        struct snapshot *snapshot;
        monitor_handler_t handler;
        void *userdata;

        struct udev *udev;
        struct udev_monitor *udev_monitor;
        sd_event_source *io;
        sd_event_source *settle;
        size_t settle_step;

        bool members_dirty; /* blocks came or went: nodes and DIMMs are to be read again */
        bool zones_dirty;   /* any event: what offline blocks could become */
        bool has_passing;   /* some block was seen in a passing state */
        bool reload;        /* events were lost */
        bool updating;      /* in monitor_snapshot() */
};

static void tell(struct monitor *monitor, enum monitor_change change, uint32_t number, const char *name)
{
        if (monitor->handler)
                monitor->handler(monitor->userdata, change, number, name);
}

static void note_passing(struct monitor *monitor, const struct memory_block *block)
{
        if (block->state != BLOCK_ONLINE && block->state != BLOCK_OFFLINE)
                monitor->has_passing = true;
}

/* Reads a block again; true when something about it is new. A block that is gone is left for its event. */
static bool refresh(struct monitor *monitor, struct memory_block *block)
{
        struct memory_block old = *block;

        if (block_read(monitor->tree, NULL, block) < 0) {
                *block = old;
                return false;
        }
        note_passing(monitor, block);
        return block->state != old.state || block->zones != old.zones || block->removable != old.removable;
}

static int add_block(struct monitor *monitor, uint32_t number)
{
        struct snapshot *snapshot = monitor->snapshot;
        struct memory_block block = { .number = number, .dimm = DIMM_NONE, .node = NODE_NONE };
        struct memory_block *blocks;
        size_t at = snapshot->n_blocks;

        if (number > UINT64_MAX / snapshot->block_size - 1)
                return 0;
        if (block_read(monitor->tree, snapshot, &block) < 0)
                return 0;
        blocks = reallocarray(snapshot->blocks, snapshot->n_blocks + 1, sizeof(*blocks));
        if (!blocks)
                return -ENOMEM;
        snapshot->blocks = blocks;

        while (at > 0 && blocks[at - 1].number > number)
                at--;
        memmove(&blocks[at + 1], &blocks[at], (snapshot->n_blocks - at) * sizeof(*blocks));
        blocks[at] = block;
        snapshot->n_blocks++;
        note_passing(monitor, &block);
        tell(monitor, MONITOR_BLOCK_ADDED, number, NULL);
        return 0;
}

static void remove_block(struct monitor *monitor, struct memory_block *block)
{
        struct snapshot *snapshot = monitor->snapshot;
        uint32_t number = block->number;
        size_t at = (size_t) (block - snapshot->blocks);

        snapshot->n_blocks--;
        memmove(block, block + 1, (snapshot->n_blocks - at) * sizeof(*block));
        tell(monitor, MONITOR_BLOCK_REMOVED, number, NULL);
}

/* The DIMMs before and after a change of members, both ascending by name. */
static void tell_dimms(struct monitor *monitor, char **old, size_t n_old)
{
        for (size_t i = 0; i < n_old; i++)
                if (old[i] && !snapshot_find_dimm(monitor->snapshot, old[i]))
                        tell(monitor, MONITOR_DIMM_REMOVED, 0, old[i]);
        for (size_t i = 0; i < monitor->snapshot->n_dimms; i++) {
                const char *name = monitor->snapshot->dimms[i].name;
                bool is_new = true;

                for (size_t j = 0; j < n_old; j++)
                        is_new = is_new && (!old[j] || strcmp(old[j], name) != 0);
                if (is_new)
                        tell(monitor, MONITOR_DIMM_ADDED, 0, name);
        }
}

static void read_members(struct monitor *monitor)
{
        struct snapshot *snapshot = monitor->snapshot;
        size_t n_old = snapshot->n_dimms;
        char **old;

        monitor->members_dirty = false;
        old = calloc(n_old + 1, sizeof(*old));
        for (size_t i = 0; old && i < n_old; i++)
                old[i] = strdup(snapshot->dimms[i].name);

        if (nodes_read_all(monitor->tree, snapshot) < 0 || iomem_place(monitor->tree, snapshot) < 0 ||
            dimms_read_all(monitor->tree, snapshot) < 0)
                monitor->reload = true;

        if (old) {
                tell_dimms(monitor, old, n_old);
                for (size_t i = 0; i < n_old; i++)
                        free(old[i]);
                free(old);
        }
}

static void reload(struct monitor *monitor)
{
        struct snapshot *snapshot;

        if (snapshot_read(monitor->tree, &snapshot, NULL) < 0)
                return; /* tried again at the next question */
        snapshot_free(monitor->snapshot);
        monitor->snapshot = snapshot;
        monitor->reload = monitor->members_dirty = monitor->zones_dirty = false;
        monitor->has_passing = true; /* not known; the next question finds out */
        tell(monitor, MONITOR_RELOADED, 0, NULL);
}

/* Reads again what no event tells of: zones of offline blocks, and blocks in a passing state. */
static void read_untold(struct monitor *monitor)
{
        bool zones = monitor->zones_dirty, counted = false;
        struct snapshot *snapshot = monitor->snapshot;

        if (!zones && !monitor->has_passing)
                return;
        monitor->zones_dirty = monitor->has_passing = false;
        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                struct memory_block *block = &snapshot->blocks[i];

                if (block->state == BLOCK_ONLINE || (block->state == BLOCK_OFFLINE && !zones))
                        continue;
                counted |= refresh(monitor, block);
        }
        if (counted)
                dimms_count(snapshot);
}

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata);

static void settle(struct monitor *monitor)
{
        monitor->settle = sd_event_source_disable_unref(monitor->settle);
        if (monitor->settle_step < ELEMENTSOF(settle_usec))
                (void) sd_event_add_time_relative(monitor->event, &monitor->settle, CLOCK_MONOTONIC,
                                                  settle_usec[monitor->settle_step], 0, on_settle, monitor);
}

static int on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct monitor *monitor = userdata;

        (void) source;
        (void) usec;

        monitor->settle_step++;
        monitor->members_dirty = monitor->zones_dirty = true;
        (void) monitor_snapshot(monitor);
        settle(monitor);
        return 0;
}

static void members_changed(struct monitor *monitor)
{
        monitor->members_dirty = true;
        monitor->settle_step = 0;
        settle(monitor);
}

static void handle_event(struct monitor *monitor, const char *action, uint32_t number)
{
        struct memory_block *block = snapshot_find_block(monitor->snapshot, number);

        monitor->zones_dirty = true;
        if (strcmp(action, "remove") == 0) {
                if (!block)
                        return;
                remove_block(monitor, block);
                members_changed(monitor);
        } else if (!block) {
                if (add_block(monitor, number) < 0)
                        monitor->reload = true;
                members_changed(monitor);
        } else if (refresh(monitor, block)) {
                dimms_count(monitor->snapshot);
                tell(monitor, MONITOR_BLOCK_CHANGED, number, NULL);
        }
}

/* Takes what the kernel has sent so far. */
static void receive_events(struct monitor *monitor)
{
        for (;;) {
                struct udev_device *device;
                const char *name, *action;
                uint32_t number;

                errno = 0;
                device = udev_monitor_receive_device(monitor->udev_monitor);
                if (!device) {
                        if (errno == ENOBUFS) {
                                monitor->reload = true;
                                continue;
                        }
                        return;
                }
                name = udev_device_get_sysname(device);
                action = udev_device_get_action(device);
                if (name && action && strncmp(name, "memory", strlen("memory")) == 0 &&
                    parse_u32(name + strlen("memory"), 10, &number) >= 0)
                        handle_event(monitor, action, number);
                udev_device_unref(device);
        }
}

static int on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct monitor *monitor = userdata;

        (void) source;
        (void) fd;
        (void) revents;

        /* What follows from the events is read when somebody asks, or by the settle timer. */
        monitor->updating = true;
        receive_events(monitor);
        monitor->updating = false;
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
        monitor->has_passing = tree->live;

        if (tree->live) {
                r = listen_to_kernel(monitor);
                if (r < 0)
                        return fail(message, r, "cannot listen to the kernel's uevents: %s", strerror(-r));
        }
        r = snapshot_read(tree, &monitor->snapshot, message);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(monitor);
        return 0;
}

struct monitor *monitor_free(struct monitor *monitor)
{
        if (!monitor)
                return NULL;

        sd_event_source_disable_unref(monitor->io);
        sd_event_source_disable_unref(monitor->settle);
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
        /* A handler that is told of a change asks for the picture: it gets it as it is at that moment. */
        if (monitor->updating)
                return monitor->snapshot;

        monitor->updating = true;
        if (monitor->tree->live)
                receive_events(monitor);
        if (monitor->reload)
                reload(monitor);
        if (monitor->members_dirty)
                read_members(monitor);
        read_untold(monitor);
        monitor->updating = false;
        return monitor->snapshot;
}
