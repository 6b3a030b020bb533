/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/query/why_advice.h"

#include <string.h>

static bool in_kernel_zone(const struct snapshot *snapshot, const struct block_set *blocks)
{
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                const struct memory_block *block =
                        snapshot_find_block(snapshot, blocks->numbers[i]);

                if (block && zone_list_get(block->zones, 0) != ZONE_MOVABLE)
                        return true;
        }
        return false;
}

/* DIMMs, and what drivers manage. */
static bool are_hotplugged(const struct snapshot *snapshot, const struct block_set *blocks)
{
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                const struct memory_block *block =
                        snapshot_find_block(snapshot, blocks->numbers[i]);

                if (block && zone_list_get(block->zones, 0) != ZONE_MOVABLE &&
                    (block->dimm != DIMM_NONE || block->driver != DRIVER_NONE))
                        return true;
        }
        return false;
}

static bool are_of_virtio_mem(const struct snapshot *snapshot, const struct block_set *blocks)
{
        for (size_t i = 0; i < blocks->n_numbers; i++) {
                const struct memory_block *block =
                        snapshot_find_block(snapshot, blocks->numbers[i]);
                const struct memory_driver *driver = block ? snapshot_driver(snapshot, block) : NULL;

                if (!driver || strcmp(driver->driver, "virtio_mem") != 0)
                        return false;
        }
        return true;
}

void why_advise(struct why_report *report, const struct snapshot *snapshot, bool swap_on)
{
        bool kernel_zone = in_kernel_zone(snapshot, &report->blocks);
        bool hotplugged = are_hotplugged(snapshot, &report->blocks);
        bool virtio_mem = are_of_virtio_mem(snapshot, &report->blocks);

        for (size_t i = 0; i < report->n_owners; i++) {
                struct why_owner *owner = &report->owners[i];
                const struct advice_facts facts = {
                        .source = report->survey.source,
                        .class = owner->pages.class,
                        .owner = survey_owner(&report->survey, owner->pages.owner),
                        .searched = owner->searched,
                        .mapped = owner->n_pids > 0,
                        .kernel_zone = kernel_zone,
                        .swap_on = swap_on,
                        .hotplugged = hotplugged,
                        .virtio_mem = virtio_mem,
                };

                owner->advice = advice_give(&facts);
        }
}
