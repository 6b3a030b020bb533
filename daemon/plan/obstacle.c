/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/plan/obstacle.h"

#include <string.h>

/* Reasons are counted, and, where there is a list, put there. */
struct finding {
        struct reason_list *reasons;
        uint32_t block;
        int n;
};

static int add(struct finding *finding, struct reason *reason)
{
        reason->block = finding->block;
        finding->n++;
        return finding->reasons ? reason_list_add_about_block(finding->reasons, reason) : 0;
}

static int add_driver(struct finding *finding, const struct memory_driver *driver)
{
        struct reason reason = {
                .code = REASON_DRIVER_OWNED,
                .text = driver->device,
                .bytes = driver->memory_bytes,
                .device_bytes = driver->device_bytes,
        };

        (void) snprintf(reason.driver, sizeof(reason.driver), "%s", driver->driver);
        return add(finding, &reason);
}

static int add_marks(struct finding *finding, const struct snapshot *snapshot, bool force)
{
        const struct block_mark *marks;
        size_t n;
        int r = 0;

        marks = snapshot_marks(snapshot, finding->block, &n);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                struct reason reason = {
                        .code = marks[i].kind == BLOCK_HOLE ? REASON_HOLE : REASON_RESERVED,
                        .bytes = marks[i].bytes,
                        .text = marks[i].name,
                };

                if (marks[i].kind == BLOCK_HOLE || !force)
                        r = add(finding, &reason);
        }
        return r;
}

/*
 * An empty zone list is an obstacle too: the kernel writes "none" for a block that spans zones, and such a
 * block cannot be offlined (and could not be put back). A tree without valid_zones has empty lists for all
 * blocks and is refused as a whole: the two cannot be told apart here, and not to touch is the safe side.
 */
static int find(struct finding *finding, const struct snapshot *snapshot, const struct memory_block *block,
                bool force)
{
        struct reason state = {
                .code = REASON_BAD_STATE,
                .text = (char *) block_state_name((enum block_state) block->state),
        };
        struct reason not_removable = { .code = REASON_NOT_REMOVABLE },
                      mixed = { .code = REASON_MIXED_ZONES };
        int r = 0;

        if (block->state != BLOCK_ONLINE)
                return add(finding, &state);
        if (!block->removable)
                r = add(finding, &not_removable);
        if (r >= 0 && block->driver != DRIVER_NONE && !force)
                r = add_driver(finding, snapshot_driver(snapshot, block));
        if (r >= 0)
                r = add_marks(finding, snapshot, force);
        if (r >= 0 &&
            (zone_list_get(block->zones, 0) == ZONE_NONE || zone_list_get(block->zones, 1) != ZONE_NONE))
                r = add(finding, &mixed);
        return r;
}

int obstacle_judge(const struct snapshot *snapshot, const struct memory_block *block, bool force,
                   struct reason_list *reasons)
{
        struct finding finding = { .reasons = reasons, .block = block->number };
        int r = find(&finding, snapshot, block, force);

        return r < 0 ? r : finding.n;
}

bool obstacle_is_there(const struct snapshot *snapshot, const struct memory_block *block, bool force)
{
        return obstacle_judge(snapshot, block, force, NULL) > 0;
}
