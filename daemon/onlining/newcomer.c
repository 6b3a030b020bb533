/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/onlining/newcomer.h"

#include "daemon/onlining/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

void newcomers_clear(struct newcomers *newcomers)
{
        for (size_t i = 0; i < newcomers->n; i++) {
                free(newcomers->items[i].offline);
                free(newcomers->items[i].online);
        }
        free(newcomers->items);
        *newcomers = (struct newcomers){ 0 };
}

static const struct dimm *dimm_of(const struct snapshot *snapshot, const struct memory_block *block)
{
        return block->dimm == DIMM_NONE ? NULL : &snapshot->dimms[block->dimm];
}

/* Where all of the DIMM's blocks are that are online. */
static enum online_target others_of(const struct snapshot *snapshot, const struct dimm *dimm)
{
        enum online_target others = TARGET_NONE;

        for (size_t i = 0; i < dimm->n_blocks; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, dimm->blocks[i]);

                if (!block || block->state != BLOCK_ONLINE)
                        continue;
                if (others != TARGET_NONE && others != online_target_of(block))
                        return TARGET_NONE;
                others = online_target_of(block);
        }
        return others;
}

/* What nothing has brought is called by its ranges, when all of them are known. */
static struct newcomer make(const struct snapshot *snapshot, const struct memory_block *block)
{
        const struct memory_driver *driver = snapshot_driver(snapshot, block);
        const struct dimm *dimm = dimm_of(snapshot, block);
        struct newcomer made = {
                .dimm = block->dimm,
                .driver = block->driver,
                .memory = {
                        .dimm = dimm ? dimm->name : "",
                        .label = dimm && dimm->label ? dimm->label : "",
                        .driver = driver ? driver->driver : "",
                        .device = driver ? driver->device : "",
                        .node = block->node,
                        .device_bytes = dimm ? dimm->size : driver ? driver->device_bytes : 0,
                        .can_movable = true,
                        .can_kernel = true,
                        .others = dimm ? others_of(snapshot, dimm) : TARGET_NONE,
                },
                .known = (dimm || driver) && (block->node != NODE_NONE || snapshot->n_nodes == 0),
        };

        if (dimm)
                (void) snprintf(made.name, sizeof(made.name), "%s", dimm->name);
        else if (driver)
                (void) snprintf(made.name, sizeof(made.name),
                                block->node > 0 ? "%.100s on node %d" : "%.100s", driver->device,
                                block->node);
        return made;
}

/* Blocks of one lie together mostly, and so the last one is looked at first. NULL: there is none. */
static struct newcomer *find(const struct newcomers *newcomers, const struct memory_block *block)
{
        for (size_t i = newcomers->n; i > 0; i--) {
                struct newcomer *one = &newcomers->items[i - 1];

                if (one->dimm == block->dimm && one->driver == block->driver &&
                    one->memory.node == block->node)
                        return one;
        }
        return NULL;
}

static struct newcomer *add(struct newcomers *newcomers, const struct snapshot *snapshot,
                            const struct memory_block *block)
{
        struct newcomer *items = reallocarray(newcomers->items, newcomers->n + 1, sizeof(*items));

        if (!items)
                return NULL;
        newcomers->items = items;
        items[newcomers->n] = make(snapshot, block);
        return &items[newcomers->n++];
}

/* A range, and another one, as they come; cut off where there is no more room. */
static void put_range(struct newcomer *newcomer, uint32_t first, uint32_t last)
{
        size_t n = strlen(newcomer->text);

        if (n > sizeof(newcomer->text) - 28) {
                if (newcomer->text[n - 1] != '.')
                        (void) strcpy(newcomer->text + n, ",...");
                return;
        }
        (void) snprintf(newcomer->text + n, sizeof(newcomer->text) - n,
                        first == last ? "%s%" PRIu32 : "%s%" PRIu32 "-%" PRIu32, n > 0 ? "," : "", first,
                        last);
}

static int append(uint32_t **numbers, size_t *n, uint32_t number)
{
        bool full = (*n & (*n - 1)) == 0; /* room is made in powers of two */
        uint32_t *longer = full ? reallocarray(*numbers, *n > 0 ? 2 * *n : 1, sizeof(*longer)) : *numbers;

        if (!longer)
                return -ENOMEM;
        longer[(*n)++] = number;
        *numbers = longer;
        return 0;
}

static int take_offline(struct newcomer *newcomer, const struct memory_block *block, uint64_t block_size)
{
        bool movable = zone_list_contains(block->zones, ZONE_MOVABLE);

        newcomer->memory.new_bytes += block_size;
        if (block->zones != 0) { /* else it is an old kernel, which does not say */
                newcomer->memory.can_movable &= movable;
                newcomer->memory.can_kernel &= !movable || zone_list_get(block->zones, 1) != ZONE_NONE;
        }
        return append(&newcomer->offline, &newcomer->n_offline, block->number);
}

static int take_online(struct newcomer *newcomer, const struct memory_block *block)
{
        bool same = newcomer->n_online == 0 || newcomer->online_in == online_target_of(block);

        newcomer->online_in = same ? online_target_of(block) : TARGET_NONE;
        return append(&newcomer->online, &newcomer->n_online, block->number);
}

static int take(struct newcomer *newcomer, const struct snapshot *snapshot, const struct memory_block *block)
{
        switch (block->state) {
        case BLOCK_OFFLINE:
                return take_offline(newcomer, block, snapshot->block_size);
        case BLOCK_ONLINE:
                return take_online(newcomer, block);
        default:
                newcomer->passing = true;
                return 0;
        }
}

/* The ranges of each, in one more pass: blocks of several may lie between each other. */
static void put_ranges(const struct snapshot *snapshot, const uint32_t *numbers, size_t n,
                       struct newcomers *newcomers)
{
        struct newcomer *last = NULL;
        uint32_t first = 0, end = 0;

        for (size_t i = 0; i <= n; i++) {
                const struct memory_block *block = i < n ? snapshot_find_block(snapshot, numbers[i]) : NULL;
                struct newcomer *newcomer = block ? find(newcomers, block) : NULL;

                if (i < n && !block)
                        continue;
                if (last && newcomer == last && numbers[i] == end + 1) {
                        end++;
                        continue;
                }
                if (last)
                        put_range(last, first, end);
                last = newcomer;
                if (newcomer)
                        first = end = numbers[i];
        }
        for (size_t i = 0; i < newcomers->n; i++)
                if (newcomers->items[i].name[0] == '\0')
                        (void) snprintf(newcomers->items[i].name, sizeof(newcomers->items[i].name),
                                        "blocks %s", newcomers->items[i].text);
}

int newcomers_find(const struct snapshot *snapshot, const uint32_t *numbers, size_t n, struct newcomers *ret)
{
        struct newcomers newcomers = { 0 };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < n; i++) {
                const struct memory_block *block = snapshot_find_block(snapshot, numbers[i]);
                struct newcomer *newcomer;

                if (!block)
                        continue;
                newcomer = find(&newcomers, block);
                if (!newcomer)
                        newcomer = add(&newcomers, snapshot, block);
                r = newcomer ? take(newcomer, snapshot, block) : -ENOMEM;
        }
        if (r < 0) {
                newcomers_clear(&newcomers);
                return r;
        }
        put_ranges(snapshot, numbers, n, &newcomers);
        *ret = newcomers;
        return 0;
}
