/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A CMA area in figures, each with who told it. Sources are asked in a fixed order of trust: memctl.ko,
 * which sees each allocation; debugfs and sysfs, in which the kernel has an area's own figures; then what it
 * counts of all areas together, where there is only one. The first that tells a figure is believed.
 */
#ifndef MEMCTL_PAGES_CMA_AREA_H
#define MEMCTL_PAGES_CMA_AREA_H

#include "daemon/module/cma_figures.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CMA_NOT_TOLD UINT64_MAX

enum cma_source {
        CMA_SOURCE_NONE,
        CMA_SOURCE_MODULE,  /* since memctl.ko was loaded */
        CMA_SOURCE_DEBUGFS, /* sys/kernel/debug/cma */
        CMA_SOURCE_SYSFS,   /* sys/kernel/mm/cma; counts since boot */
        CMA_SOURCE_VMSTAT,  /* proc/vmstat; counts since boot */
        CMA_SOURCE_MEMINFO, /* proc/meminfo */
        _CMA_SOURCE_MAX,
};

/* A _BYTES figure is in bytes, a _PAGES one in pages, the others are counts. */
enum cma_figure {
        CMA_TOTAL_BYTES,
        CMA_USED_BYTES, /* by meminfo with what is lent to movable pages, which others count as free */
        CMA_LARGEST_FREE_BYTES,
        CMA_FREE_RUNS,
        CMA_SUCCEEDED, /* allocations */
        CMA_FAILED,
        CMA_RELEASED,
        CMA_SUCCEEDED_PAGES,
        CMA_FAILED_PAGES,
        CMA_RELEASED_PAGES,
        CMA_RETRIED,        /* places that were busy */
        CMA_MIGRATED_PAGES, /* moved away for allocations */
        CMA_PEAK_BYTES,     /* the most that was allocated at a time */
        CMA_NEEDED_BYTES,   /* with which no allocation would have failed for want of room */
        CMA_BEFORE_BYTES,   /* of those used: allocated before memctl.ko was loaded */
        CMA_UNKNOWN_BYTES,  /* of which cannot be told whether they were allocated before */
        CMA_ALIGN_BYTES,    /* the largest alignment asked for */
        CMA_PIECE_BYTES,    /* what allocations are rounded up to */
        CMA_LOST,           /* events that memctl.ko could not note */
        _CMA_FIGURES,
};

struct cma_area {
        char name[MODULE_CMA_NAME_SIZE];
        uint64_t figures[_CMA_FIGURES]; /* CMA_NOT_TOLD: nobody tells */
        uint8_t sources[_CMA_FIGURES];  /* enum cma_source */

        struct pfn_range ranges[MODULE_CMA_RANGES_MAX]; /* ascending; end 0: only where it begins is known */
        size_t n_ranges;
        uint8_t ranges_source;
        uint8_t order_per_bit; /* of its pieces, with ranges */

        int node;      /* -1: not told */
        char zone[32]; /* "": not told */

        bool watched; /* by memctl.ko: these are told */
        uint64_t by_order[MEMCTL_CMA_ORDERS];
        uint64_t by_cause[__MEMCTL_CMA_CAUSE_END];
};

/* Nothing is told. */
void cma_area_init(struct cma_area *area, const char *name);

/* Unless somebody has told it before. CMA_NOT_TOLD tells nothing. */
void cma_area_tell(struct cma_area *area, enum cma_figure figure, uint64_t value, enum cma_source source);

/* What memctl.ko says of the area. page_size: bytes, not 0. */
void cma_area_take_module(struct cma_area *area, const struct module_cma_area *told, uint64_t page_size);

/* 1 - largest free run / free: 0 when all that is free is in one run. False: it cannot be told, or nothing
 * is free.
 */
bool cma_area_fragmentation(const struct cma_area *area, double *ret);

/* "total_bytes"; "module". */
const char *cma_figure_name(enum cma_figure figure);
const char *cma_source_name(enum cma_source source);

#endif
