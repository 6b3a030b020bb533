/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts what /proc/iomem says into a snapshot: drivers, holes, what is reserved.
 */
#include "daemon/machine/iomem.h"
#include "basic/saturated.h"

#include <errno.h>
#include <string.h>

/* What a block of the range has as driver; its names are taken over. DRIVER_NONE: there are too many. */
static int find_driver(struct snapshot *snapshot, struct iomem_managed *range, uint16_t *ret)
{
        struct memory_driver *drivers;
        size_t at = 0;

        while (at < snapshot->n_drivers && strcmp(snapshot->drivers[at].device, range->device) != 0)
                at++;
        *ret = DRIVER_NONE;
        if (at == UINT16_MAX)
                return 0;
        if (at == snapshot->n_drivers) {
                drivers = reallocarray(snapshot->drivers, at + 1, sizeof(*drivers));
                if (!drivers)
                        return -ENOMEM;
                snapshot->drivers = drivers;
                drivers[snapshot->n_drivers++] = (struct memory_driver){
                        .device = TAKE_PTR(range->device),
                        .driver = TAKE_PTR(range->driver),
                        .device_bytes = range->device_bytes,
                };
        }
        snapshot->drivers[at].memory_bytes =
                add_saturated(snapshot->drivers[at].memory_bytes, range->end - range->start + 1);
        *ret = (uint16_t) (at + 1);
        return 0;
}

static int add_mark(struct snapshot *snapshot, uint32_t block, enum block_mark_kind kind, uint64_t bytes,
                    const char *name)
{
        size_t n = snapshot->n_marks;

        /* by doubling, whenever the number is a power of two */
        if ((n & (n - 1)) == 0) {
                struct block_mark *marks = reallocarray(snapshot->marks, n ? 2 * n : 1, sizeof(*marks));

                if (!marks)
                        return -ENOMEM;
                snapshot->marks = marks;
        }
        snapshot->marks[n] = (struct block_mark){ .block = block, .kind = kind, .bytes = bytes };
        if (name) {
                snapshot->marks[n].name = strdup(name);
                if (!snapshot->marks[n].name)
                        return -ENOMEM;
        }
        snapshot->n_marks++;
        return 0;
}

/* How much of a block the ranges of a list have, and which of them the most. */
struct share {
        uint64_t bytes;
        const char *name;
};

/*
 * *at is where the last block's ranges began. Ranges may overlap: then the first has what is in both. Only
 * whole pages count: that is how the kernel looks for holes.
 */
static struct share share_of(const struct iomem_list *list, size_t *at, uint64_t start, uint64_t end,
                             uint64_t page_size)
{
        struct share share = { 0 };
        uint64_t most = 0, next = start, align = page_size ? page_size - 1 : 0;

        while (*at < list->n && list->ranges[*at].end < start)
                (*at)++;
        for (size_t i = *at; i < list->n && list->ranges[i].start <= end; i++) {
                const struct iomem_range *range = &list->ranges[i];
                uint64_t from = add_saturated(range->start, align) & ~align,
                         to = add_saturated(range->end, 1) & ~align;

                from = from > next ? from : next;
                to = to <= end ? to : end + 1;
                if (from >= to)
                        continue;
                if (to - from > most) {
                        most = to - from;
                        share.name = range->name;
                }
                share.bytes += to - from;
                next = to;
        }
        return share;
}

int iomem_mark(const struct iomem *iomem, uint64_t page_size, struct snapshot *snapshot)
{
        size_t memory = 0, reserved = 0, others = 0;
        int r = 0;

        for (size_t i = 0; r >= 0 && iomem->memory.n > 0 && i < snapshot->n_blocks; i++) {
                uint32_t number = snapshot->blocks[i].number;
                uint64_t start = number * snapshot->block_size, end = start + snapshot->block_size - 1;
                struct share have = share_of(&iomem->memory, &memory, start, end, page_size),
                             other = share_of(&iomem->others, &others, start, end, 0),
                             kept = share_of(&iomem->reserved, &reserved, start, end, 0);

                /* a list that has nothing of a block that is there does not tell of it */
                if (have.bytes > 0 && have.bytes < snapshot->block_size)
                        r = add_mark(snapshot, number, BLOCK_HOLE, snapshot->block_size - have.bytes,
                                     other.name);
                if (r >= 0 && kept.bytes > 0)
                        r = add_mark(snapshot, number, BLOCK_RESERVED, kept.bytes, kept.name);
        }
        return r;
}

int iomem_place(struct tree *tree, struct snapshot *snapshot)
{
        _cleanup_(iomem_clear) struct iomem iomem = { 0 };
        size_t at = 0;
        int r;

        snapshot_clear_iomem(snapshot);
        r = iomem_read(tree, &iomem);
        for (size_t i = 0; r >= 0 && i < iomem.n_managed; i++) {
                struct iomem_managed *range = &iomem.managed[i];
                uint64_t first = range->start / snapshot->block_size,
                         last = range->end / snapshot->block_size;
                uint16_t driver;

                r = find_driver(snapshot, range, &driver);
                while (at < snapshot->n_blocks && snapshot->blocks[at].number < first)
                        at++;
                /* hostile ranges may overlap: the first has the block */
                for (size_t j = at; r >= 0 && j < snapshot->n_blocks && snapshot->blocks[j].number <= last;
                     j++)
                        if (snapshot->blocks[j].driver == DRIVER_NONE)
                                snapshot->blocks[j].driver = driver;
        }
        return r < 0 ? r : iomem_mark(&iomem, tree->page_size, snapshot);
}
