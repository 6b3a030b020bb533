/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a monitor (monitor.h) tells of.
 */
#ifndef MEMCTL_MACHINE_MONITOR_CHANGE_H
#define MEMCTL_MACHINE_MONITOR_CHANGE_H

#include <stdint.h>

enum monitor_change {
        MONITOR_BLOCK_ADDED,
        MONITOR_BLOCK_REMOVED,
        MONITOR_BLOCK_CHANGED, /* state, zones, node or DIMM */
        MONITOR_DIMM_ADDED,
        MONITOR_DIMM_REMOVED,
        MONITOR_RELOADED, /* the whole snapshot was read again: forget pointers and compare */
};

/*
 * Called after the snapshot has been changed. number is the block's (0 for DIMM changes), name the DIMM's
 * (NULL for block changes), valid during the call.
 */
typedef void (*monitor_handler_t)(void *userdata, enum monitor_change change, uint32_t number,
                                  const char *name);

#endif
