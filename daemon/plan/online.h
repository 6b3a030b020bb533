/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How to bring blocks online, and where. Pure.
 */
#ifndef MEMCTL_PLAN_ONLINE_H
#define MEMCTL_PLAN_ONLINE_H

#include "basic/job_options.h"
#include "daemon/machine/snapshot.h"
#include "daemon/plan/reason.h"

/* What is written to a block's state: "online_movable" or "online_kernel". */
const char *online_zone_command(enum online_zone zone);
/* What brings a block back to the zone it was in: ZONE_MOVABLE is ONLINE_MOVABLE, all others ONLINE_KERNEL.
 */
enum online_zone online_zone_for(enum zone zone);

struct online_plan {
        bool refused;
        uint32_t *blocks; /* ascending: zones grow without gaps that way */
        size_t n_blocks;
        struct reason_list reasons;
};

void online_plan_clear(struct online_plan *plan);

/*
 * Plans to bring the offline ones of blocks online in the given zone; those online already need nothing.
 * Refused as a whole when a block's state is unknown or passing, or its valid_zones does not offer the zone
 * ("zone_not_possible"; a block that offers no zones at all is left to the kernel). 0 or -ENOMEM.
 */
int online_plan_make(const struct snapshot *snapshot, const uint32_t *blocks, size_t n_blocks,
                     enum online_zone zone, struct online_plan *ret);

#endif
