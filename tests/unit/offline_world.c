/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "offline_world.h"

void world_init(struct world *world, size_t n_blocks)
{
        *world = (struct world){
                .snapshot = { .block_size = BLOCK_PAGES * PAGE, .n_blocks = n_blocks },
                .dimm = { .name = (char *) "PNP0C80:00", .ejectable = true },
                .zones = { { .zone = ZONE_MOVABLE, .free = UINT64_C(1) << 28 }, { .zone = ZONE_NORMAL } },
                .room = { .known = true, .n_zones = 2, .available = UINT64_MAX },
                .request = { .page_size = PAGE, .options = OFFLINE_OPTIONS_NONE },
        };
        world->room.zones = world->zones;
        world->request.room = &world->room;
        world->snapshot.blocks = world->blocks;
        world->request.blocks = world->asked;
        world->request.usage = world->usage;
        for (size_t i = 0; i < n_blocks; i++)
                world->blocks[i] = (struct memory_block){
                        .number = (uint32_t) i,
                        .zones = MOVABLE,
                        .state = BLOCK_ONLINE,
                        .removable = true,
                };
}

void ask(struct world *world, uint32_t number, uint64_t in_use)
{
        size_t i = world->request.n_blocks++;

        world->asked[i] = number;
        world->usage[i] = (struct block_usage){
                .number = number,
                .known = true,
                .pages_in_use = in_use,
                .pages_free = BLOCK_PAGES - in_use,
        };
}
