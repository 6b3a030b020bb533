/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * As it is, and as the seed wants it.
 */
#include "operation_world/parts.h"

#include "daemon/machine/zone.h"

#include <errno.h>

struct world world;

static struct tree tree = { .root = (char *) "/", .root_fd = -1, .memory_fd = -1, .live = true };

uint32_t world_random(uint32_t n)
{
        world.random = world.random * 1664525U + 1013904223U;
        return (uint32_t) ((uint64_t) (world.random >> 8) * n >> 24);
}

bool world_chance(uint32_t one_in)
{
        return world_random(one_in) == 0;
}

void world_reset(uint32_t seed)
{
        world_assert_no_timers();
        world = (struct world){
                .machine = { .tree = &tree },
                .to_node = NODE_NONE,
                .plan_fences = true,
                .eject_takes = true,
                .now = 1000000,
                .random = seed,
        };
        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.blocks[i].zone = ZONE_MOVABLE;
}

static enum world_fate draw_fate(void)
{
        return world_chance(3) ? (enum world_fate) world_random(_FATE_MAX) : FATE_DONE;
}

void world_draw(void)
{
        static const int fence_errors[] = { 0, 0, 0, -EOPNOTSUPP, -ENOMEM, -ENOENT, -EIO };

        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.blocks[i] = (struct world_block){
                        .state = world_chance(6) ? WORLD_OFFLINE : WORLD_ONLINE,
                        .offline = draw_fate(),
                        .online = draw_fate(),
                        .turns = world_random(4),
                        .identity = world_chance(20) ? 1000 : i + 1,
                        .zone = ZONE_MOVABLE,
                };
        world.plan_error = world_chance(20) ? -EIO : 0;
        world.plan_refuses = world_chance(20);
        world.plan_fences = world_chance(2);
        world.judge_refuses = world_chance(2);
        world.unfenced = world_chance(3) ? 1 : 0;
        world.to_node = world_chance(5) ? 0 : NODE_NONE;
        world.cgroup_error = world_chance(4) ? -ERANGE : 0;
        world.fence_error = fence_errors[world_random(7)];
        world.fence_falls = world_chance(2) ? world_random(world_chance(2) ? 60000000 : 240000000) + 1 : 0;
        world.journal_error = world_chance(15) ? (world_chance(2) ? -EBUSY : -EIO) : 0;
        world.mark_error = world_chance(10) ? -ENOSPC : 0;
        world.dead_workers = world_random(3);
        world.eject_takes = world_chance(2);
        world.eject_error = world_chance(6);
        world.why_finds = world_chance(2);
        world.short_of_memory = world_chance(4);
        world.few_processes = world_chance(5);
        world.undone = world_chance(10) ? world_random(5) : 0;
        for (size_t i = 0; i < WORLD_BLOCKS; i++)
                world.before[i] = world.blocks[i].state;
}
