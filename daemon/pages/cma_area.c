/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/pages/cma_area.h"

#include "basic/cleanup.h"
#include "basic/saturated.h"

#include <stdio.h>
#include <string.h>

void cma_area_init(struct cma_area *area, const char *name)
{
        *area = (struct cma_area){ .node = -1 };
        (void) snprintf(area->name, sizeof(area->name), "%s", name);
        for (size_t i = 0; i < _CMA_FIGURES; i++)
                area->figures[i] = CMA_NOT_TOLD;
}

void cma_area_tell(struct cma_area *area, enum cma_figure figure, uint64_t value, enum cma_source source)
{
        if (value == CMA_NOT_TOLD || area->figures[figure] != CMA_NOT_TOLD)
                return;
        area->figures[figure] = value;
        area->sources[figure] = (uint8_t) source;
}

void cma_area_take_module(struct cma_area *area, const struct module_cma_area *told, uint64_t page_size)
{
        const struct {
                uint64_t value;
                enum cma_figure figure;
                bool pages; /* to be told in bytes */
        } figures[] = {
                { told->pages, CMA_TOTAL_BYTES, true },
                { told->used, CMA_USED_BYTES, true },
                { told->largest_free, CMA_LARGEST_FREE_BYTES, true },
                { told->free_runs, CMA_FREE_RUNS, false },
                { told->succeeded, CMA_SUCCEEDED, false },
                { told->failed, CMA_FAILED, false },
                { told->released, CMA_RELEASED, false },
                { told->retried, CMA_RETRIED, false },
                { told->migrated, CMA_MIGRATED_PAGES, false },
                { told->peak, CMA_PEAK_BYTES, true },
                { told->needed, CMA_NEEDED_BYTES, true },
                { told->before, CMA_BEFORE_BYTES, true },
                { told->unknown, CMA_UNKNOWN_BYTES, true },
                { told->align_max, CMA_ALIGN_BYTES, true },
                { UINT64_C(1) << told->order_per_bit, CMA_PIECE_BYTES, true },
                { told->lost, CMA_LOST, false },
        };

        for (size_t i = 0; i < ELEMENTSOF(figures); i++) {
                uint64_t value = figures[i].value;

                if (value != MODULE_CMA_NOT_TOLD && figures[i].pages)
                        value = multiply_saturated(value, page_size);
                cma_area_tell(area, figures[i].figure, value, CMA_SOURCE_MODULE);
        }
        memcpy(area->ranges, told->ranges, sizeof(area->ranges));
        area->n_ranges = told->n_ranges;
        area->ranges_source = CMA_SOURCE_MODULE;
        area->order_per_bit = (uint8_t) told->order_per_bit;
        area->node = told->node;
        memcpy(area->zone, told->zone, sizeof(area->zone));
        area->watched = true;
        memcpy(area->by_order, told->by_order, sizeof(area->by_order));
        memcpy(area->by_cause, told->by_cause, sizeof(area->by_cause));
}

bool cma_area_fragmentation(const struct cma_area *area, double *ret)
{
        uint64_t total = area->figures[CMA_TOTAL_BYTES], used = area->figures[CMA_USED_BYTES];
        uint64_t largest = area->figures[CMA_LARGEST_FREE_BYTES];

        if (total == CMA_NOT_TOLD || used == CMA_NOT_TOLD || largest == CMA_NOT_TOLD || used >= total)
                return false;
        /* two files read one after the other may be of two moments */
        *ret = largest >= total - used ? 0 : 1 - (double) largest / (double) (total - used);
        return true;
}

const char *cma_figure_name(enum cma_figure figure)
{
        static const char *const names[_CMA_FIGURES] = {
                [CMA_TOTAL_BYTES] = "total_bytes",
                [CMA_USED_BYTES] = "used_bytes",
                [CMA_LARGEST_FREE_BYTES] = "largest_free_bytes",
                [CMA_FREE_RUNS] = "free_runs",
                [CMA_SUCCEEDED] = "alloc_success",
                [CMA_FAILED] = "alloc_failed",
                [CMA_RELEASED] = "released",
                [CMA_SUCCEEDED_PAGES] = "alloc_success_pages",
                [CMA_FAILED_PAGES] = "alloc_failed_pages",
                [CMA_RELEASED_PAGES] = "released_pages",
                [CMA_RETRIED] = "retried",
                [CMA_MIGRATED_PAGES] = "migrated_pages",
                [CMA_PEAK_BYTES] = "peak_bytes",
                [CMA_NEEDED_BYTES] = "needed_bytes",
                [CMA_BEFORE_BYTES] = "before_bytes",
                [CMA_UNKNOWN_BYTES] = "unknown_bytes",
                [CMA_ALIGN_BYTES] = "align_bytes",
                [CMA_PIECE_BYTES] = "piece_bytes",
                [CMA_LOST] = "lost",
        };

        return names[figure];
}

const char *cma_source_name(enum cma_source source)
{
        static const char *const names[_CMA_SOURCE_MAX] = {
                [CMA_SOURCE_NONE] = "none",       [CMA_SOURCE_MODULE] = "module",
                [CMA_SOURCE_DEBUGFS] = "debugfs", [CMA_SOURCE_SYSFS] = "sysfs",
                [CMA_SOURCE_VMSTAT] = "vmstat",   [CMA_SOURCE_MEMINFO] = "meminfo",
        };

        return names[source];
}
