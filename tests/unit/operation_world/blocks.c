/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks, and what else of the machine is read.
 */
#include "operation_world/parts.h"

#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"
#include "daemon/machine/headroom.h"
#include "daemon/machine/history.h"
#include "daemon/machine/zone.h"
#include "daemon/pages/usage.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct world_block *world_block(uint32_t number)
{
        assert_in_range(number, WORLD_FIRST, WORLD_FIRST + WORLD_BLOCKS - 1);
        return &world.blocks[number - WORLD_FIRST];
}

int block_read_state(struct tree *of, uint32_t number)
{
        (void) of;

        switch (world_block(number)->state) {
        case WORLD_ONLINE:
                return BLOCK_ONLINE;
        case WORLD_OFFLINE:
                return BLOCK_OFFLINE;
        case WORLD_GOING:
                return BLOCK_GOING_OFFLINE;
        default:
                return -ENOENT;
        }
}

uint64_t block_identity(struct tree *of, uint32_t number)
{
        (void) of;

        return world_block(number)->state == WORLD_GONE ? 0 : world_block(number)->identity;
}

int block_read(struct tree *of, struct snapshot *snapshot, struct memory_block *block)
{
        const struct world_block *found = world_block(block->number);

        (void) of, (void) snapshot;

        if (found->state == WORLD_GONE)
                return -ENOENT;
        if (found->state == WORLD_ONLINE)
                assert_int_equal(
                        zone_list_parse(found->zone == ZONE_MOVABLE ? "Movable" : "Normal", &block->zones),
                        0);
        return 0;
}

int block_usage_read(struct tree *of, uint64_t size, uint32_t number, struct block_usage *ret)
{
        (void) of, (void) size, (void) number;

        *ret = (struct block_usage){ .known = !world_chance(8), .pages_in_use = 100 + world_random(3) };
        return 0;
}

void memory_room_read(struct tree *of, struct memory_room *ret)
{
        (void) of;

        *ret = (struct memory_room){ .known = true,
                                     .available_bytes = world.short_of_memory ? 0 : UINT64_MAX / 2 };
}

int headroom_read(struct tree *of, struct headroom *ret)
{
        (void) of;

        *ret = (struct headroom){ .known = false };
        return 0;
}

uint64_t pages_migrated_read(struct tree *of)
{
        (void) of;

        return world.migrated += world_random(1000);
}

uint64_t monitor_block_size(const struct monitor *monitor)
{
        (void) monitor;

        return BLOCK_SIZE;
}

struct snapshot *monitor_snapshot(struct monitor *monitor)
{
        (void) monitor;

        return world.snapshot;
}

struct dimm *snapshot_find_dimm(const struct snapshot *snapshot, const char *name)
{
        static struct dimm dimm;

        (void) snapshot, (void) name;

        return &dimm;
}

char *dimm_eject_path(const struct dimm *dimm)
{
        (void) dimm;

        return strdup("eject");
}

int mkdirat(int fd, const char *path, mode_t mode)
{
        (void) fd, (void) path, (void) mode;

        return 0;
}

int history_add(int fd, const char *path, const struct history_job *job)
{
        (void) fd, (void) path, (void) job;

        return 0;
}
