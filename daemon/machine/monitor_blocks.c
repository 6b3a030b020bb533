/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/machine/monitor_internal.h"

#include "daemon/machine/block.h"
#include "daemon/machine/dimm.h"

#include <errno.h>
#include <string.h>

/* Blocks passed over, while those are looked for whose zones are to be read. */
#define LOOKS_MAX 16384U

/* What a round has found: the list of blocks is changed once, not for each. */
struct round {
        struct monitor *monitor;
        unsigned int left; /* reads */
        struct memory_block added[MONITOR_READS_MAX];
        uint32_t removed[MONITOR_READS_MAX];
        size_t n_added, n_removed;
};

static bool is_passing(const struct memory_block *block)
{
        return block->state != BLOCK_ONLINE && block->state != BLOCK_OFFLINE;
}

static void note_passing(struct monitor *monitor, const struct memory_block *block)
{
        if (is_passing(block) && dirty_add(&monitor->passing, block->number, false) == -ENOMEM)
                monitor->reload = true;
}

/* Reads a block again; true when something about it is new. A block that is gone is left for its event. */
static bool refresh(struct round *round, struct memory_block *block)
{
        struct monitor *monitor = round->monitor;
        struct memory_block old = *block;

        round->left--;
        if (block_read(monitor->tree, NULL, block) < 0) {
                *block = old;
                return false;
        }
        note_passing(monitor, block);
        dimm_count_block(monitor->snapshot, block, (enum block_state) old.state,
                         (enum block_state) block->state);
        return block->state != old.state || block->zones != old.zones || block->removable != old.removable;
}

static void read_new(struct round *round, uint32_t number)
{
        struct memory_block block = { .number = number, .dimm = DIMM_NONE, .node = NODE_NONE };
        struct monitor *monitor = round->monitor;

        if (number > UINT64_MAX / monitor->snapshot->block_size - 1)
                return;
        round->left--;
        if (block_read(monitor->tree, monitor->snapshot, &block) < 0)
                return;
        note_passing(monitor, &block);
        round->added[round->n_added++] = block;
}

static void take_event(struct round *round, uint32_t number, bool gone)
{
        struct monitor *monitor = round->monitor;
        struct memory_block *block = snapshot_find_block(monitor->snapshot, number);

        if (monitor->rescan)
                (void) dirty_add(&monitor->touched, number, gone);
        if (gone && block) {
                round->left--;
                round->removed[round->n_removed++] = number;
                dimm_leave(monitor->snapshot, block);
        } else if (!gone && !block)
                read_new(round, number);
        else if (block && refresh(round, block))
                monitor_tell(monitor, MONITOR_BLOCK_CHANGED, number, NULL);
}

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;

        return x < y ? -1 : x > y;
}

static int compare_blocks(const void *a, const void *b)
{
        const struct memory_block *x = a, *y = b;

        return x->number < y->number ? -1 : x->number > y->number;
}

static void remove_all(struct round *round)
{
        struct snapshot *snapshot = round->monitor->snapshot;
        size_t kept = 0, at = 0;

        qsort(round->removed, round->n_removed, sizeof(*round->removed), compare_numbers);
        for (size_t i = 0; i < snapshot->n_blocks; i++) {
                while (at < round->n_removed && round->removed[at] < snapshot->blocks[i].number)
                        at++;
                if (at == round->n_removed || round->removed[at] != snapshot->blocks[i].number)
                        snapshot->blocks[kept++] = snapshot->blocks[i];
        }
        snapshot->n_blocks = kept;
}

/* From the end, so that each block moves once. */
static int add_all(struct round *round)
{
        struct snapshot *snapshot = round->monitor->snapshot;
        size_t old = snapshot->n_blocks, new = round->n_added;
        struct memory_block *blocks;

        blocks = reallocarray(snapshot->blocks, old + new, sizeof(*blocks));
        if (!blocks)
                return -ENOMEM;
        snapshot->blocks = blocks;
        snapshot->n_blocks = old + new;
        qsort(round->added, new, sizeof(*round->added), compare_blocks);
        while (new > 0)
                if (old > 0 && blocks[old - 1].number > round->added[new - 1].number) {
                        blocks[old + new - 1] = blocks[old - 1];
                        old--;
                } else {
                        blocks[old + new - 1] = round->added[new - 1];
                        new--;
                }
        return 0;
}

static void change_list(struct round *round)
{
        struct monitor *monitor = round->monitor;

        if (round->n_removed > 0)
                remove_all(round);
        if (round->n_added > 0 && add_all(round) < 0) {
                monitor->reload = true;
                round->n_added = 0;
        }
        for (size_t i = 0; i < round->n_removed; i++)
                monitor_tell(monitor, MONITOR_BLOCK_REMOVED, round->removed[i], NULL);
        for (size_t i = 0; i < round->n_added; i++)
                monitor_tell(monitor, MONITOR_BLOCK_ADDED, round->added[i].number, NULL);
}

/* Those that are passing still come behind the others. */
static void read_passing(struct round *round)
{
        struct monitor *monitor = round->monitor;
        uint32_t number;
        bool gone;

        for (size_t n = monitor->passing.n; n > 0 && round->left > 0; n--) {
                struct memory_block *block;

                (void) dirty_take(&monitor->passing, &number, &gone);
                block = snapshot_find_block(monitor->snapshot, number);
                if (block)
                        (void) refresh(round, block);
        }
}

static void read_zones(struct round *round)
{
        struct monitor *monitor = round->monitor;
        struct snapshot *snapshot = monitor->snapshot;

        for (unsigned int looks = 0; monitor->zones_left > 0 && round->left > 0 && looks < LOOKS_MAX;
             looks++) {
                if (monitor->zones_at >= snapshot->n_blocks)
                        monitor->zones_at = 0;
                monitor->zones_left--;
                if (snapshot->n_blocks > 0 && snapshot->blocks[monitor->zones_at].state == BLOCK_OFFLINE)
                        (void) refresh(round, &snapshot->blocks[monitor->zones_at]);
                monitor->zones_at++;
        }
}

unsigned int monitor_read_dirty(struct monitor *monitor, unsigned int reads)
{
        struct round round = { .monitor = monitor,
                               .left = reads < MONITOR_READS_MAX ? reads : MONITOR_READS_MAX };
        uint32_t number;
        bool any = false, gone;

        while (round.left > 0 && dirty_take(&monitor->dirty, &number, &gone)) {
                any = true;
                take_event(&round, number, gone);
        }
        if (round.n_removed + round.n_added > 0)
                change_list(&round);
        if (any)
                monitor->zones_left = monitor->snapshot->n_blocks;
        return round.left;
}

void monitor_read_untold(struct monitor *monitor, unsigned int reads)
{
        struct round round = { .monitor = monitor, .left = reads };

        read_passing(&round);
        read_zones(&round);
}

bool monitor_has_more(const struct monitor *monitor)
{
        return monitor->dirty.n > 0 || monitor->zones_left > 0;
}

void monitor_begin_blocks(struct monitor *monitor)
{
        monitor->zones_left = 0;
        dirty_clear(&monitor->passing);
        for (size_t i = 0; i < monitor->snapshot->n_blocks; i++)
                note_passing(monitor, &monitor->snapshot->blocks[i]);
}
