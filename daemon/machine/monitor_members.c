/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/monitor_internal.h"

#include "daemon/machine/dimm.h"
#include "daemon/machine/iomem.h"
#include "daemon/machine/node.h"
#include "daemon/machine/snapshot_read.h"

#include <string.h>

/* The DIMMs before and after a change of members, both ascending as dimm_compare_names() has it. */
static void tell_dimms(struct monitor *monitor, char *const *old, size_t n_old)
{
        size_t n = monitor->snapshot->n_dimms;

        for (size_t i = 0, j = 0; i < n_old || j < n;) {
                int order = i == n_old ? 1
                            : j == n   ? -1
                                       : dimm_compare_names(old[i], monitor->snapshot->dimms[j].name);

                if (order < 0)
                        monitor_tell(monitor, MONITOR_DIMM_REMOVED, 0, old[i]);
                else if (order > 0)
                        monitor_tell(monitor, MONITOR_DIMM_ADDED, 0, monitor->snapshot->dimms[j].name);
                i += order <= 0;
                j += order >= 0;
        }
}

/* The names are the caller's: NULL when memory is short. */
static char **dimm_names(const struct snapshot *snapshot)
{
        char **names = calloc(snapshot->n_dimms + 1, sizeof(*names));
        bool all = names != NULL;

        for (size_t i = 0; names && i < snapshot->n_dimms; i++) {
                names[i] = strdup(snapshot->dimms[i].name);
                all = all && names[i];
        }
        if (all)
                return names;
        for (size_t i = 0; names && i < snapshot->n_dimms; i++)
                free(names[i]);
        free(names);
        return NULL;
}

static void read_small(struct monitor *monitor)
{
        struct snapshot *snapshot = monitor->snapshot;
        size_t n_old = snapshot->n_dimms;
        char **old = dimm_names(snapshot);

        monitor->members_dirty = false;
        if (nodes_read_all(monitor->tree, snapshot) < 0 || iomem_place(monitor->tree, snapshot) < 0 ||
            dimms_read_all(monitor->tree, snapshot) < 0)
                monitor->reload = true;

        monitor->zones_left = snapshot->n_blocks;
        if (!old)
                return;
        tell_dimms(monitor, old, n_old);
        for (size_t i = 0; i < n_old; i++)
                free(old[i]);
        free(old);
}

/* lost: events were, so that nobody knows what has changed. */
static void take_snapshot(struct monitor *monitor, struct snapshot *snapshot, bool lost)
{
        _cleanup_(snapshot_freep) struct snapshot *old = monitor->snapshot;
        char **names = dimm_names(old);

        monitor->snapshot = snapshot;
        monitor_begin_blocks(monitor);
        if (lost)
                monitor_tell(monitor, MONITOR_RELOADED, 0, NULL);
        else if (names)
                tell_dimms(monitor, names, old->n_dimms);
        for (size_t i = 0; names && i < old->n_dimms; i++)
                free(names[i]);
        free(names);
}

static void on_rescanned(void *userdata, struct snapshot *snapshot)
{
        struct monitor *monitor = userdata;
        uint32_t number;
        bool gone;

        monitor->rescan = rescan_free(monitor->rescan);
        monitor->updating = true;
        if (snapshot)
                take_snapshot(monitor, snapshot, monitor->rescan_lost);
        else
                monitor->reload |= monitor->rescan_lost; /* tried again at the next question */
        monitor->updating = false;
        while (dirty_take(&monitor->touched, &number, &gone))
                if (dirty_add(&monitor->dirty, number, gone) < 0)
                        monitor->reload = true;
        (void) sd_event_source_set_enabled(monitor->idle,
                                           monitor_has_more(monitor) ? SD_EVENT_ON : SD_EVENT_OFF);
        if (monitor->rescan_again)
                monitor_read_members(monitor);
}

void monitor_read_members(struct monitor *monitor)
{
        struct snapshot *snapshot;

        if (!monitor_is_small(monitor)) {
                monitor->rescan_again = monitor->rescan != NULL;
                if (monitor->rescan)
                        return;
                dirty_clear(&monitor->touched);
                if (rescan_new(monitor->event, monitor->tree, on_rescanned, monitor, &monitor->rescan) < 0)
                        return;
                monitor->rescan_lost = monitor->reload;
                monitor->reload = monitor->members_dirty = false;
        } else if (!monitor->reload)
                read_small(monitor);
        else if (snapshot_read(monitor->tree, &snapshot, NULL) >=
                 0) { /* else tried again at the next question */
                monitor->reload = monitor->members_dirty = false;
                take_snapshot(monitor, snapshot, true);
        }
}
