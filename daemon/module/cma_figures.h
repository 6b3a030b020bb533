/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What memctl.ko knows of CMA: areas, who has what of them, and what failed.
 */
#ifndef MEMCTL_MODULE_CMA_FIGURES_H
#define MEMCTL_MODULE_CMA_FIGURES_H

#include "basic/command.h"
#include "basic/pfn_range.h"
#include "uapi/memctl.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is taken from the kernel at most; more than this is no honest answer. */
#define MODULE_CMA_AREAS_MAX   1024
#define MODULE_CMA_RANGES_MAX  8 /* of an area, as the kernel itself has it */
#define MODULE_CMA_HOLDERS_MAX (UINT32_C(1) << 20)

/* A figure that a module leaves out. */
#define MODULE_CMA_NOT_TOLD UINT64_MAX

#define MODULE_CMA_NAME_SIZE  (MEMCTL_CMA_NAME_MAX + 1)
#define MODULE_CMA_OWNER_SIZE (MEMCTL_OWNER_MAX + 1)

struct module_cma_area {
        char name[MODULE_CMA_NAME_SIZE];
        char zone[32];                                  /* of its first page: "DMA32"; "": not told */
        int node;                                       /* of its first page; -1: not told */
        struct pfn_range ranges[MODULE_CMA_RANGES_MAX]; /* ascending, without overlaps */
        size_t n_ranges;
        uint64_t pages; /* of all ranges */
        uint32_t order_per_bit;
        uint64_t used, largest_free, free_runs;    /* pages, pages, runs */
        uint64_t before, unknown;                  /* pages: of used, and those counted as not allocated */
        uint64_t succeeded, failed, released;      /* allocations, and releases */
        uint64_t retried;                          /* places that were busy */
        uint64_t migrated;                         /* pages that moved away for allocations */
        uint64_t peak, needed;                     /* pages */
        uint64_t align_max;                        /* pages */
        uint64_t lost;                             /* events */
        uint64_t by_order[MEMCTL_CMA_ORDERS];      /* allocations asked for */
        uint64_t by_cause[__MEMCTL_CMA_CAUSE_END]; /* failures; what a newer module tells more is UNKNOWN */
};

struct module_cma_areas {
        struct module_cma_area *areas; /* ascending by first pfn */
        size_t n;
};

/* An allocation, or what was allocated before the module was loaded. */
struct module_cma_holder {
        uint64_t start, pages;             /* pfn */
        uint64_t align;                    /* pages; 0: not known */
        uint64_t age_nsecs;                /* 0 of what is from before */
        uint32_t pid;                      /* 0: none is known */
        bool before;                       /* the module was loaded */
        char command[COMMAND_SIZE];        /* "" where none is known */
        char owner[MODULE_CMA_OWNER_SIZE]; /* the driver; "" where none is known */
};

struct module_cma_holders {
        struct module_cma_holder *holders; /* ascending by pfn */
        size_t n, size;
};

struct module_cma_failure {
        uint64_t serial; /* from 1 on */
        char name[MODULE_CMA_NAME_SIZE];
        uint64_t pages, align;                  /* as asked for */
        int error;                              /* a positive errno */
        enum memctl_cma_cause cause;            /* UNKNOWN for what a newer module tells */
        uint64_t free, largest_free;            /* pages of the area that were not allocated */
        uint64_t retried;                       /* places */
        bool has_page;                          /* pfn and class are known */
        uint64_t pfn;                           /* of the page that did not move */
        uint8_t class;                          /* enum memctl_class, of that page */
        char page_owner[MODULE_CMA_OWNER_SIZE]; /* "": only its class is known */
        char other_area[MODULE_CMA_NAME_SIZE];  /* where there was room; "": none */
        uint32_t pid;                           /* 0: none is known */
        char command[COMMAND_SIZE];
        char owner[MODULE_CMA_OWNER_SIZE];
        uint64_t age_nsecs;
};

struct module_cma_failures {
        struct module_cma_failure failures[MEMCTL_CMA_FAILURES_MAX]; /* oldest first */
        size_t n;
};

/* Which pieces of an area are allocated: a bit for each piece of a range, the ranges one behind the other.
 */
struct module_cma_map {
        uint64_t
                *words[MODULE_CMA_RANGES_MAX]; /* of a range, its lowest piece the lowest bit of the first */
        size_t n_ranges;
};

#endif
